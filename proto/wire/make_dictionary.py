#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Print the preset dictionary of a version of the wire format.

    make_dictionary.py > hamlet-N.dict

What a short exchange repeats: the openings of pages, the tables of the kinds, Vietnamese names
and the words of addresses and notes. What is likeliest stands last, where zlib reaches it with
the fewest bits. A dictionary that has been used is never changed: streams name it by its
checksum, and another content is another dictionary with another file and number.
"""
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

SURNAMES = ("Mai Trịnh Đinh Lâm Phùng Đào Đoàn Vương Tô Tạ Hà Trương Cao Châu Lương Tăng Thái Triệu La Quách Kiều Thạch Sơn "
            "Danh Kim Lò Quàng Cà Vàng Sùng Giàng Lù Tòng Hoàng Vi Nông Ma Bế Hứa Y Rơ Lý Dương Ngô Hồ Đỗ Bùi Đặng Võ Vũ Phan "
            "Huỳnh Phạm Lê Trần Nguyễn").split()
MIDDLES = ["Tấn", "Gia", "Bảo", "Anh", "Thành", "Tuấn", "Hồng", "Bích", "Mỹ", "Như", "Diễm", "Trọng", "Đình", "Bá",
           "Phước", "Quốc", "Hoàng", "Xuân", "Công", "Thanh", "Kim", "Ngọc", "Minh", "Quang", "Đức", "Hữu", "Thị Mỹ", "Thị Kim",
           "Thị Thu", "Thị Ngọc", "Thị", "Văn"]
GIVEN = ("Ánh Ân Bé Bền Biên Ca Cẩm Châu Chiến Chinh Cúc Đăng Danh Diệu Đông Duyên Được Gấm Giàu Hằng Hào Hiệp Hiếu Hoài Hoàn "
         "Hợp Huệ Hưng Huy Khang Khoa Khôi Kiệt Lệ Lộc Luân Lực Lưu Ly Mận Mạnh Mười Mỹ Năm Ngân Ngoan Nguyên Nguyệt Nhân Nhi "
         "Nhiên Như Nhựt Ni Phát Phong Phương Quý Quyền Sáu Sang Sen Tài Tám Tân Thái Thân Thạnh Thi Thiện Thơ Thoa Thuận Thư "
         "Thương Tiên Tín Tình Toàn Trân Trí Trinh Trúc Tú Tư Tuyền Tuyến Vân Vĩ Viên Vinh Vũ Vui Vượng Vy Ý Hai Ba Bảy Chín "
         "Út Đẹp Bích Tuyết Nhung Oanh Loan Liên Phượng Thủy Thúy Yến Hiền Trang Thảo Linh Nga Hạnh Mai Hương Hoa Lan "
         "Xuân Việt Tâm Đạt Quân Kiên Lâm Thắng Hòa Trung Tiến Khánh Phúc Nam Bình Cường Sơn Long Hải Thành Tuấn Dũng "
         "Hùng").split()
WORDS = ["bỏ trống", "ở xa", "đang xây nhà", "bảo lãnh", "già yếu", "bệnh", "trẻ em", "học sinh", "công nhân", "buôn bán",
         "làm thuê", "tạm trú", "tạm vắng", "thường trú", "chuyển đến", "chuyển đi", "đã chuyển", "nhà trọ", "cơ quan", "doanh nghiệp",
         "trường học", "tổ tự quản", "camera an ninh", "phòng cháy chữa cháy", "tuần tra", "hòa giải", "tuyên truyền",
         "họp dân", "phát động", "sơ kết", "tổng kết", "biên bản", "danh sách", "đề nghị", "xem lại", "bổ sung",
         "mục", "cần củng cố", "củng cố", "không", "theo dõi", "đúng", "sai", "nhập nhầm", "sửa", "theo sổ giấy", "phiếu",
         "đi làm xa", "vắng nhà", "ký thay", "mới tách hộ", "tách hộ", "nhập hộ", "hộ nghèo", "hộ cận nghèo", "con trai",
         "con gái", "cha", "mẹ", "vợ", "chồng", "anh", "em", "chủ hộ", "xuất sắc", "chưa đạt", "đạt", "thành phố", "thị xã",
         "tỉnh", "huyện", "quận", "phường", "thị trấn", "xã", "đường", "hẻm", "ngõ", "kênh", "cầu", "chợ", "cụm", "tổ dân phố",
         "khu phố", "tiểu khu", "khóm", "bản", "thôn", "ấp"]


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def kinds():
    for path in sorted(glob.glob(os.path.join(HERE, "..", "kinds", "*.json"))):
        with open(path, encoding="utf-8") as file:
            kind = json.load(file)
        if "kind" in kind:  # the file of what kinds share is none
            yield kind


def table(kind):
    """The row that declares a kind with all its registers, as a page has it."""
    groups = kind.get("groups", {})
    grouped = {member for members in groups.values() for member in members}
    key = kind.get("key", [])
    registers = {f["name"]: f["name"] for f in kind["fields"]
                 if f["name"] not in grouped and f["name"] not in key}
    registers.update({name: [name, *sorted(members)] for name, members in groups.items()})
    return [kind["kind"], kind["version"], key, [registers[name] for name in sorted(registers)]]


def names():
    yield from (f" {given}" for given in GIVEN)
    yield from (f'"{surname} Thị ' for surname in SURNAMES[-14:])
    yield from (f'"{surname} Văn ' for surname in SURNAMES[-14:])
    yield from (f" {middle} " for middle in MIDDLES)
    yield from (f'"{surname} ' for surname in SURNAMES)


def dates():
    for year in (2030, 2029, 2028, 2025, 2027, 2026):
        yield from (f'"{year}-{month:02d}-' for month in range(12, 0, -1))


def main():
    parts = [*(f"{word} " for word in WORDS), '"Số 1, ấp ', '"Tổ ', ", xã ", ", ấp ", ", thôn ", ", bản "]
    for kind in kinds():
        for field in kind["fields"]:
            parts += [compact(v["value"]) for v in field.get("values", [])]
    parts += names()
    parts += dates()
    tables = [compact(table(kind)) for kind in kinds()]
    tables += ['["~user",1,[],["name"]]', '["~permit",1,[],["device","ended","home","role","user"]]',
               '["~device",1,["device"],["home","key","name","revoked"]]']
    parts.append(",".join(tables))
    parts += ['{"e":["@",1],"of":["', '],"is":[[1,', '"quarantined"', '{"e":["~",1],"of":["',
              ',"seen":["', ',"names":["', '","r":[', ',"w":[-2,"', ',{"r":[[2,-1]]}],', '"keys":"', '"bulk":"', ',"server"],"keys":"']
    parts += [f'"{role}"],' for role in ("auditor", "viewer", "district_chair", "commune_chair", "unit_officer",
                                         "commune_officer", "district_officer", "district_admin", "recorder",
                                         "hamlet_head")]
    parts += ['"]}\n{"tail":["', '[0,0,"', '[1,0,"', '[16,0,', '[17,0,-1,', '[17,[0,{"r":[', ',{},', '"}\n{"tail":[]}\n{"page":["',
              '",1,[],["', '"},"at":17', ',"by":["', '"],"run":["', '"kinds":[["', '"]}\n[0,0,', '",0]}\n[16,0,', ',0]}\n[0,0,"',
              '"]\n[0,0,"', ',"chu_ho"]]\n[16,0,', '"]}\n{"sign":"', '"}\n{"tail":[]}\n', '"}\n{"tail":["']
    parts.append('{"page":["')
    sys.stdout.write("".join(parts))


if __name__ == "__main__":
    main()
