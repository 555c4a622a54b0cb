"""A machine with servers of one shop's own, of which the power can be cut."""

from chaos_disk import Disk
from chaos_servers import OwnServer, own_instance

SETTINGS = ("NATS_URL", "REDIS_URL", "MONGODB_URI")
# SecantusDB writes its data files, and not only its log, between two cuts. One that is
# changed to be careless would be saved by it.
OFTEN = {"SECANTUS_CHECKPOINT_SECONDS": "1"}


class Machine:
    """``changed`` makes other programs of the launcher's, by setting."""

    def __init__(self, folder, changed=None):
        self.disk = Disk(folder)
        more = {} if changed else OFTEN
        instance = own_instance(self.disk.path / "data", **more)
        self.servers = {
            setting: OwnServer(instance, setting, folder, (changed or {}).get(setting))
            for setting in SETTINGS
        }
        self.urls = {name: server.url for name, server in self.servers.items()}

    def on(self):
        """With what was synced before. Raises NoDiskError where that cannot be."""
        self.disk.on()
        for server in self.servers.values():
            server.start()
        for server in self.servers.values():
            server.wait_until_ready()
        return self

    def off(self):
        """Nobody writes any more when the disk loses what it has not kept."""
        for server in self.servers.values():
            server.end()
        self.disk.off()
