/**
 * One iteration in a file of its own, in which a tensor slides along another.
 */

import { showSnapshot } from "./panels/snapshot.js";
import * as slides from "./panels/slides.js";

void showSnapshot({ slides });
