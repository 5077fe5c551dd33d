// SPDX-License-Identifier: Apache-2.0
// What this person has read of decisions against his word; shown again costs nothing.
const READ = "hamlet-read";
const READ_MAX = 500;

export function isRead(id) {
  return (localStorage.getItem(READ) || "").includes(id);
}

export function markRead(id) {
  const all = (localStorage.getItem(READ) || "").split(" ").filter(Boolean);
  localStorage.setItem(READ, [...all, id].slice(-READ_MAX).join(" "));
}
