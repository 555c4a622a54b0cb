// The list of doors opens offline, too.

import { keepPage } from "./door-offline.js";

keepPage();
