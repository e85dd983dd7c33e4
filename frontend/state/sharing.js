/**
 * Links: the document itself where it fits into one, else the run to look at; and what a teacher
 * adds to them.
 *
 * @import { Options } from "../lib/address.js"
 * @import { Client } from "../service/client.js"
 * @import { Run } from "../lib/types.js"
 * @import { Browser, Store } from "./effects.js"
 * @import { State } from "./state.js"
 * @typedef {{base: string, id: string, encoded: string | null, copied: boolean | null} & Required<Options>}
 *   Sharing a link in the making; without a document it leads to the run; `copied`: as it is, null
 *   where that was not tried
 */

import { documentAddress, encodeDocument, forkAddress, runAddress } from "../lib/address.js";
import { isTooLarge } from "../service/client.js";
import * as actions from "./actions.js";

const LONGEST_LINK = 6000;

/** @param {Sharing} sharing */
export function linkOf({ base, id, encoded, copied: _, ...options }) {
  return encoded === null
    ? forkAddress(base, id, options)
    : documentAddress(base, encoded, options);
}

/**
 * The address of the run that is open, with what a reload should keep.
 *
 * @param {string} base
 * @param {State} state
 */
export function presentAddress(base, { run, borrowed, hidden, practice }) {
  return (borrowed ? forkAddress : runAddress)(base, run?.id ?? "", {
    hide: hidden,
    practice: practice.hiding,
  });
}

/**
 * @param {Store} store
 * @param {Client} client
 * @param {Browser} browser
 * @param {{report: (error: unknown) => void, requireRun: () => Run, say: (text: string) => void}}
 *   means
 */
export function createSharing({ get, apply }, client, browser, { report, requireRun, say }) {
  /** @param {Options} options @returns {Promise<Sharing>} */
  const prepared = async (options) => {
    const { id } = requireRun();
    const document = await client.document(id).catch((/** @type {unknown} */ error) => {
      if (isTooLarge(error)) return null;
      throw error;
    });
    const encoded = document && (await encodeDocument(document));
    const fits = encoded !== null && documentAddress(browser.base, encoded).length <= LONGEST_LINK;
    return {
      base: browser.base,
      id,
      encoded: fits ? encoded : null,
      copied: null,
      step: null,
      hide: [],
      practice: false,
      ...options,
    };
  };

  /** @param {Sharing} sharing @param {string} what */
  const copy = async (sharing, what) => {
    const copied = await browser.copy(linkOf(sharing)).then(
      () => true,
      () => false,
    );
    const open = get().sharing;
    if (open) apply(actions.sharingChanged, { ...open, copied });
    if (!copied) return say("The browser does not let the page copy: select the link and copy it.");
    const means =
      sharing.encoded === null
        ? "it shows this run, and the first change makes a copy"
        : "whoever opens it gets their own copy of the document";
    say(
      `${what} copied: ${means}${sharing.practice ? ", its gradients hidden until solved" : ""}.`,
    );
  };

  return {
    /** The link is copied at once; what else it could do stands beside it. */
    async share() {
      try {
        const sharing = await prepared({});
        apply(actions.sharingChanged, sharing);
        await copy(sharing, "Link");
      } catch (error) {
        report(error);
      }
    },

    /** A link whose gradients are hidden until they are solved. */
    async sharePractice() {
      try {
        await copy(await prepared({ practice: true }), "Practice link");
      } catch (error) {
        report(error);
      }
    },

    /** @param {Options} options */
    chooseSharing(options) {
      const { sharing } = get();
      if (sharing) apply(actions.sharingChanged, { ...sharing, ...options, copied: null });
    },

    async copyLink() {
      const { sharing } = get();
      if (sharing) await copy(sharing, "Link");
    },

    closeSharing: () => apply(actions.sharingChanged, null),

    /** All regions again, after a link had hidden some. */
    showAll() {
      apply(actions.regionsHidden, []);
      browser.setAddress(presentAddress(browser.base, get()));
      say("All regions are shown.");
    },
  };
}
