/**
 * Several iterations in a file of their own.
 */

import * as moments from "./panels/moments.js";
import { showSnapshot } from "./panels/snapshot.js";
import * as slides from "./panels/slides.js";

void showSnapshot({ slides, moments });
