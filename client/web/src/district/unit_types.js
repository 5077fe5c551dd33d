// SPDX-License-Identifier: Apache-2.0
// What a unit is called by, and its level in the tree, as lists of units have them.
import { t } from "../words.js";

const levels = {
  hamlet: ["ap", "khom", "khu_vuc", "thon", "to_dan_pho", "khu_pho", "ban", "buon", "xom", "phum", "soc"],
  agency: ["co_quan"],
  enterprise: ["doanh_nghiep"],
  school: ["truong"],
  commune: ["xa", "phuong", "thi-tran"],
  district: ["huyen", "quan", "thi-xa", "thanh-pho"],
  province: ["tinh"],
};

// Those that a district adds itself.
export const added = ["hamlet", "agency", "enterprise", "school", "commune"].flatMap((level) => levels[level]);

export const levelOf = (type) => Object.keys(levels).find((level) => levels[level].includes(type));

// Lists of others may have words of their own.
export const typeName = (type) => (type && levelOf(type) ? t("unit-type." + type) : type || "");
