/**
 * Makes and copies links; and what a teacher adds to them.
 *
 * @import { Options } from "../../lib/address.js"
 * @import { Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Browser } from "../commands.js"
 * @import { Store } from "../store.js"
 * @import { Sharing } from "./reducer.js"
 */

import { documentAddress, encodeDocument } from "../../lib/address.js";
import { isTooLarge } from "../../service/refusal.js";
import { setSharing } from "./reducer.js";
import { linkOf, playedIn } from "./selectors.js";

const LONGEST_LINK = 6000;

/**
 * @param {Store} store
 * @param {Client} client
 * @param {Browser} browser
 * @param {{report: (error: unknown) => void, requireRun: () => Run, readRetention: () => Promise<void>, say: (text: string) => void}}
 *   means
 */
export function createSharing({ get, apply }, client, browser, means) {
  const { report, requireRun, readRetention, say } = means;

  /** @param {Options} options @returns {Promise<Sharing>} */
  const prepared = async (options) => {
    const { id, view_id: view } = requireRun();
    const document = await client.document(id).catch((/** @type {unknown} */ error) => {
      if (isTooLarge(error)) return null;
      throw error;
    });
    const encoded = document && (await encodeDocument(document));
    const fits = encoded !== null && documentAddress(browser.base, encoded).length <= LONGEST_LINK;
    return {
      base: browser.base,
      view,
      encoded: fits ? encoded : null,
      copied: null,
      step: null,
      hide: [],
      practice: false,
      lesson: null,
      chapter: null,
      embed: null,
      ...playedIn(get()),
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
    if (open) apply(setSharing, { ...open, copied });
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
        void readRetention();
        const sharing = await prepared({});
        apply(setSharing, sharing);
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
      if (sharing) apply(setSharing, { ...sharing, ...options, copied: null });
    },

    async copyLink() {
      const { sharing } = get();
      if (sharing) await copy(sharing, "Link");
    },

    closeSharing: () => apply(setSharing, null),
  };
}
