"""One JSON line for each thing worth telling."""

import json
import logging

from ticketing import tracing
from ticketing.clock import iso, utc_now

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes time, level, logger, message, trace id and whatever ``extra`` holds."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": iso(utc_now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if traceparent := tracing.current():
            line["trace"] = tracing.trace_id(traceparent)
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
