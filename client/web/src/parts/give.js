// SPDX-License-Identifier: Apache-2.0
// A file of ours into the folder for downloads.
export function give(bytes, name) {
  const href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  const way = document.createElement("a");
  way.href = href;
  way.download = name;
  way.click();
  setTimeout(() => URL.revokeObjectURL(href), 60000);
}
