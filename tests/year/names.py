# SPDX-License-Identifier: Apache-2.0
"""Names of people and places as offices of a district write them: the mark of a syllable on
either vowel, look-alikes of Đ, three Unicode forms, capitals, no marks at all, apostrophes,
namesakes; and the old encodings that their files still have.
"""
import os
import subprocess
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))
VNI = os.path.join(os.path.dirname(HERE), "data", "vni.txt")

FAMILY = ("Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Tống Cao "
          "Đinh Trịnh Mai Lâm Châu Thạch Kim Sơn").split()
MIDDLE = ["Văn", "Thị", "Hữu", "Thị Ngọc", "Đức", "Quốc", "Thị Kim", "Thanh", "Minh", ""]
GIVEN = ("Út Hòa Hoà Thúy Thuý Quý Qúy Hường Đạt Được Ước Toản Cộng Sáu Bảy Nghĩa Khoẻ Khỏe "
         "Hùng Dũng Ánh Ấn Ân An Yến Oanh Liễu Nguyệt Phượng Tuyết Lượm Nở Đẹt Ngoan").split()
OTHERS = ["K'Brêu", "H’Ni Êban", "Y Ngông Niê", "Tôn Nữ Thị Ninh", "Ksor H'Lan", "Út"]
PLACES = ["Ấp 1", "Ấp 2", "Ấp 10", "Tổ 3, Ấp Thạnh Phước", "Số 7 đường Đồng Khởi",
          "Xóm Rẫy", "Khu phố 4", "12/5 Lê Lợi"]
TONES = "\u0300\u0301\u0303\u0309\u0323"


def a_name(draw):
    if draw.random() < 0.03:
        return draw.choice(OTHERS)
    if draw.random() < 0.06:
        return "Nguyễn Văn Út"
    return " ".join(part for part in (draw.choice(FAMILY), draw.choice(MIDDLE),
                                      draw.choice(GIVEN)) if part)


def without_marks(name):
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def mixed(name):
    """As Windows' own keyboard writes: the letter whole, its tone apart."""
    out = ""
    for c in unicodedata.normalize("NFC", name):
        parts = unicodedata.normalize("NFD", c)
        tone = "".join(p for p in parts if p in TONES)
        rest = unicodedata.normalize("NFC", "".join(p for p in parts if p not in TONES))
        out += rest + tone
    return out


# How a name may arrive, and whether it is stored as the same name.
FORMS = [("nfc", lambda n: n, True), ("nfd", lambda n: unicodedata.normalize("NFD", n), True),
         ("mixed", mixed, True), ("eth", lambda n: n.replace("Đ", "\u00d0"), True),
         ("space", lambda n: "  " + n.replace(" ", "\u00a0 ") + " ", True),
         ("zero-width", lambda n: n.replace(" ", " \u200b"), True),
         ("capitals", str.upper, False), ("no marks", without_marks, False)]
WEIGHTS = [60, 8, 8, 4, 4, 2, 8, 6]


def as_typed(draw, name):
    """What a person typed for the name, and what is stored of it."""
    label, form, same = draw.choices(FORMS, WEIGHTS)[0]
    typed = form(name)
    return label, typed, name if same else typed


# ---- old encodings ----

def tcvn3(text):
    """Its fonts have no capitals with tones: they are typed small."""
    small = "".join(c.lower() if unicodedata.normalize("NFD", c)[1:] and any(
        t in TONES for t in unicodedata.normalize("NFD", c)) else c for c in text)
    done = subprocess.run(["iconv", "-f", "UTF-8", "-t", "TCVN5712-1"], input=small.encode(),
                          capture_output=True, check=True)
    return done.stdout


def vni(text):
    with open(VNI, encoding="utf-8") as file:
        table = dict(line.rstrip("\n").split("\t") for line in file
                     if line.strip() and not line.startswith("#"))
    return "".join(table.get(c, c) for c in text).encode("cp1252")


def cp1258(text):
    return mixed(text).encode("cp1258")


LEGACY = {"tcvn3": tcvn3, "vni": vni, "windows-1258": cp1258}
