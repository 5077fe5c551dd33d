// SPDX-License-Identifier: Apache-2.0
// What every part draws with; values always become text, never markup.
import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
export { render } from "preact";
export { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
