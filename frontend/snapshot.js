/**
 * One iteration in a file of its own.
 */

import { showSnapshot } from "./panels/snapshot.js";

void showSnapshot();
