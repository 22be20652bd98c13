"""What ``make_workbooks.py`` writes: one file per case, by name."""

from tests.uploads.make_workbooks import (
    TIDY,
    TOP,
    Formula,
    archive,
    book,
    compound,
    csv,
    day,
    members,
    ods,
    ods_row,
    one,
    patched,
    percent,
    sheet_xml,
    xls,
    xlsx,
)

WIDE = ["STT", "Tên đơn vị", "Thanh toán trực tuyến", None, None, "Số văn bản"]
WIDE_SUB = [None, None, "Tử số", "Mẫu số", "Tỷ lệ (%)", None]
LETTERS = ["A", "B", 1, 2, 3, 4]
HTML = "<html><head><meta charset=utf-8><style>td{}</style></head><body>"


def files() -> dict[str, bytes]:
    """All files by name."""
    return {**_containers(), **_cells(), **_layouts(), **_wide(), **_hostile(), **_letters(), **_judgement()}


def _containers() -> dict[str, bytes]:
    plain = [TIDY, one(10, 100, None, None), ["01837", "doc_count", "Quý I/2024", None, None, 1200, "đủ"]]
    page = (
        f"{HTML}<p>UBND XÃ QUANG THUẬN</p><table border=1><tr><th rowspan=2>STT<th rowspan=2>Tên đơn vị"
        "<th colspan=2>Thanh toán trực tuyến<th rowspan=2>Kỳ</tr><tr><th>Tử số<th>Mẫu số</tr>"
        "<tr><td>1<td>Xã Quang&nbsp;Thuận<br><td>10<td>100<td>Quý I/2024</tr></table>"
        "<script>alert('x')</script><p>Người lập biểu</p></body></html>"
    )
    return {
        "container_xlsx.xlsx": xlsx(*plain),
        "container_xlsx_named_csv.csv": xlsx(*plain),
        "container_csv_named_xlsx.xlsx": csv(",".join(TIDY), "01837,pay_rate,2024-Q1,10,100,,"),
        "container_xls.xls": xls(plain),
        "container_xls_named_xlsx.xlsx": xls([TIDY, one(10, 100, percent(0.1), None)]),
        "container_ods.ods": ods(
            ods_row(*TIDY)
            + ods_row(*one(107, 1000, percent(0.107)))
            + ods_row(None, more=' table:number-rows-repeated="9"')
        ),
        "container_html.xls": page.encode(),
        "container_html_without_table.xls": f"{HTML}<p>Không có bảng</p>".encode(),
        "container_html_nested.xls": f"{HTML}<table><tr><td>Xã<td>Chỉ tiêu<td>Kỳ<td>Giá trị</tr><tr><td>01837"
        "<td><table><tr><td>pay_rate</td></tr></table><td>2024-Q1<td>10,5<ul><li></li></ul></table></table>".encode(),
        "container_word.xlsx": archive({"word/document.xml": "<w/>"}),
        "container_damaged.xlsx": b"PK\x03\x04rest of an archive",
        "container_damaged_xml.xlsx": archive(
            {**members({"A": sheet_xml([TIDY])}), "xl/worksheets/sheet1.xml": "<worksheet"}
        ),
        "container_damaged_old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "container_locked.xlsx": compound({"EncryptedPackage": bytes(4096)}),
        "container_locked_old.xls": xls([TIDY], locked=True),
        "container_locked_ods.ods": archive(
            {"content.xml": "x", "META-INF/manifest.xml": "<manifest:encryption-data/>"}
        ),
        "container_locked_zip.xlsx": _flagged(xlsx(TIDY)),
        "container_empty_sheet.xlsx": xlsx([]),
        "container_no_heading.xlsx": xlsx(["Kính gửi", "Sở"], ["một", "hai"]),
        "container_only_heading.xlsx": xlsx(TIDY),
    }


def _flagged(data: bytes) -> bytes:
    """The same archive, its members marked as locked by a password."""
    place = data.index(b"PK\x01\x02")
    return data[: place + 8] + b"\x01" + data[place + 9 :]


def _cells() -> dict[str, bytes]:
    return {
        "cell_percent.xlsx": xlsx(TIDY, one(107, 1000, percent(0.107), None)),
        "cell_typed_numbers.xlsx": xlsx(
            TIDY,
            ["Quang Thuận", "fee_amount", "Quý I/2024", None, None, 1.234, None],
            ["Sông Cầu", "fee_amount", "Quý I/2024", None, None, 1234567, None],
            [1912, "pay_rate", 2023, 17, 159, Formula("100*D4/E4", 100 * 17 / 159), "=cmd|'/c calc'!A1"],
        ),
        "cell_formula_not_computed.xlsx": xlsx(TIDY, one(Formula("5+5"), 100, None, None)),
        "cell_formula_error.xlsx": xlsx(
            TIDY, one(0, 0, Formula("D2/E2", "#DIV/0!"), None), ["Đức Vân", *one(1, 2, None, True)[1:]]
        ),
        "cell_boolean.xlsx": xlsx(TIDY, one(True, 100, None, None)),
        "cell_fraction_became_date.xlsx": xlsx(
            TIDY, one(day(2024, 11, 13), None, None, None), ["Đức Vân", *one(1, 9, day(2024, 9, 9, 2))[1:]]
        ),
        "cell_fraction_became_date_text.csv": csv(
            ",".join(TIDY), "01837,pay_rate,2024-Q1,13-Nov,100,,", "02017,pay_rate,2024-Q1,,,11/13/2024,"
        ),
        "cell_period_dates.xlsx": xlsx(
            TIDY,
            ["01837", "pay_rate", day(2024, 3, 1, 2), 10, 100, None, None],
            ["01837", "pay_rate", day(2023, 12, 27), 10, 100, None, None],
            ["01837", "pay_rate", day(2024, 3, 5, 3), 10, 100, None, None],
            ["01837", "pay_rate", day(2024, 3, 1), 10, 100, None, None],
        ),
        "cell_lost_zero.csv": csv(
            ",".join(TIDY), "1837,pay_rate,2024-Q1,10,100,,", "1912,pay_rate,2024-Q1,11,100,,"
        ),
        "cell_asterisks.xlsx": xlsx(
            TIDY, ["Quang Thuận*", "pay_rate", "Quý I/2024", None, None, "10,7 *", None]
        ),
        "cell_script_text.csv": csv(
            ",".join(TIDY),
            '"=HYPERLINK(""http://x"")",pay_rate,2024-Q1,1,2,,',
            "../../etc/passwd,pay_rate,2024-Q1,1,2,,<script>",
        ),
        "cell_ods_formula.ods": ods(
            ods_row(*TIDY)
            + '<table:table-row><table:table-cell table:formula="of:=1"/></table:table-row>'
            + ods_row(*one(1, 10))
        ),
        "cell_control_characters.xls": xls([TIDY, one(1, 10, None, "một\x01hai")]),
    }


def _layouts() -> dict[str, bytes]:
    tail = [
        [],
        ["Ghi chú: số liệu tạm tính"],
        [None, "Người lập biểu", None, None, "CHỦ TỊCH"],
        [None, "(Ký, ghi rõ họ tên)"],
    ]
    return {
        "layout_letterhead.xlsx": xlsx(
            *TOP,
            ["BÁO CÁO KẾT QUẢ CHUYỂN ĐỔI SỐ"],
            ["(Kèm theo Báo cáo ngày 14 tháng 3 năm 2024)"],
            TIDY,
            one(10, 100, None, None),
            *tail,
        ),
        "layout_letterhead_text.csv": csv(
            "UBND XÃ QUANG THUẬN,,,,,,",
            "BÁO CÁO,,,,,,",
            ",,,,,,",
            ",".join(TIDY),
            "(1),(2),(3),(4),(5),(6)=(4)/(5),(7)",
            "01837,pay_rate,Quý I/2024,10,100,,",
            ",".join(TIDY),
            "(1),(2),(3),(4),(5),(6)=(4)/(5),(7)",
            "02017,pay_rate,Quý I/2024,20,100,,",
            "* Số liệu tạm tính,,,,,,",
            ",Người lập biểu,,,CHỦ TỊCH,,",
        ),
        "layout_period_and_commune_above.xlsx": xlsx(
            ["Tên đơn vị báo cáo:", "UBND xã Quang Thuận"],
            ["Đơn vị nhận báo cáo: UBND phường Sông Cầu"],
            ["Kỳ báo cáo: Quý I/2024"],
            ["TT", "Chỉ số/Chỉ số thành phần", "Tử số", "Mẫu số", "Tỷ lệ (%)"],
            ["A", "B", "C", "D", "E"],
            ["I", "Chính quyền số"],
            [1, "Tỷ lệ thanh toán trực tuyến", 10, 100, None],
            ["1.1", "Số văn bản", None, None, 55],
            *tail,
        ),
        "layout_two_periods_above.xlsx": xlsx(
            ["BÁO CÁO QUÝ I/2024 SO VỚI QUÝ IV/2023"],
            ["Tên đơn vị", "Chỉ tiêu", "Tử số", "Mẫu số"],
            ["01837", "pay_rate", 1, 10],
        ),
        "layout_two_communes_above.csv": csv(
            "UBND xã Quang Thuận;;;",
            "UBND xã Đức Vân;;;",
            "Chỉ tiêu;Kỳ;Tử số;Mẫu số",
            "pay_rate;Quý I/2024;1;10",
        ),
        "layout_indicator_above.csv": csv(
            "Chỉ tiêu: Thanh toán trực tuyến;;;",
            "STT;Tên đơn vị;Kỳ;Tử số;Mẫu số",
            "1;Quang Thuận;Quý I/2024;1;10",
        ),
        "layout_indicator_in_title.csv": csv(
            "BIỂU TỔNG HỢP TỶ LỆ THANH TOÁN TRỰC TUYẾN NĂM 2023;;;;",
            "STT;Tên đơn vị;Tử số;Mẫu số",
            "1;Quang Thuận;1;10",
        ),
        "layout_unit_in_millions.xlsx": xlsx(
            ["Đơn vị tính: triệu đồng"], TIDY, ["01837", "fee_amount", "2023", None, None, 12, None]
        ),
        "layout_merged_communes.xlsx": xlsx(
            TIDY,
            ["Quang Thuận", "pay_rate", "2023", 10, 100],
            [None, "doc_count", "2023", None, None, 7],
            merged=("A2:A3",),
        ),
        "layout_unmerged_communes.csv": csv(
            ",".join(TIDY), "Quang Thuận,pay_rate,2023,10,100,,", ",doc_count,2023,,,7,"
        ),
        "layout_groups_name_the_indicator.xlsx": xlsx(
            ["Kỳ báo cáo: 6 tháng đầu năm 2024"],
            ["STT", "Đơn vị", "Tử số", "Mẫu số"],
            ["I", "Thanh toán trực tuyến"],
            [1, "Quang Thuận", 1, 10],
            [2, "Đức Vân", 2, 10],
            ["II. Tỷ lệ việc qua mạng"],
            [1, "Quang Thuận", 3, 10],
        ),
        "layout_totals.xlsx": xlsx(
            ["Kỳ báo cáo: Quý I/2024"],
            WIDE,
            WIDE_SUB,
            LETTERS,
            ["I", "Cấp xã"],
            [1, "Quang Thuận", 10, 100, percent(0.1), 5],
            [2, "Đức Vân", 20, 100, percent(0.2), 6],
            [None, "Cộng", 30, 200, None, None],
            ["II", "Phường"],
            [1, "Sông Cầu", 30, 100, percent(0.3), 7],
            [None, "Tổng cộng", 61, 300, None, None],
            merged=("C2:E2", "A2:A3", "B2:B3", "F2:F3"),
        ),
        "layout_totals_vietnamese.csv": csv(
            "xã;chỉ tiêu;kỳ;tử số;mẫu số",
            "Quang Thuận;pay_rate;2023;1.000;10.000",
            "Đức Vân;pay_rate;2023;2.000;10.500,0",
            "Tổng cộng;;;3.000;20.500",
            "Cộng;;;x;1",
        ),
        "layout_several_sheets.xlsx": book(
            {
                "Hướng dẫn": [["Cách điền biểu"], ["Bước 1"]],
                "Quý I": [
                    ["Năm 2024"],
                    ["Đơn vị", "Chỉ tiêu", "Kỳ", "Giá trị"],
                    ["Quang Thuận", "pay_rate", "Quý I/2024", percent(0.5)],
                ],
                "Quý II": [
                    ["Đơn vị", "Chỉ tiêu", "Kỳ", "Giá trị"],
                    ["Quang Thuận", "pay_rate", "Quý II/2024", "x"],
                    ["Quang Thuận", "pay_rate", "Quý I/2024", percent(0.4)],
                ],
                "Nháp": [["Đơn vị", "Chỉ tiêu", "Kỳ", "Giá trị"], ["lạ", "lạ", "lạ", "lạ"]],
            },
            hidden=("Nháp",),
        ),
        "layout_sheet_names_tell.xlsx": book(
            {
                "Quý I-2024": [["Đơn vị", "Chỉ tiêu", "Giá trị"], ["Quang Thuận", "doc_count", 4]],
                "Quý II-2024": [["Đơn vị", "Chỉ tiêu", "Giá trị"], ["Quang Thuận", "doc_count", 5]],
            }
        ),
        "layout_commune_sheets.xlsx": book(
            {
                "Quang Thuận": [["Chỉ tiêu", "Kỳ", "Giá trị"], ["doc_count", "2023", 4]],
                "Đức Vân": [["Chỉ tiêu", "Kỳ", "Giá trị"], ["doc_count", "2023", 5]],
            }
        ),
        "layout_for_reading.xlsx": book(
            {
                "Biểu mẫu": [
                    ["Đơn vị báo cáo: Phường Sông Cầu (mã 01837)"],
                    ["Kỳ báo cáo: Quý IV/2024 (15/9/2024 đến 14/12/2024)"],
                    ["TT", "Mã chỉ tiêu", "Để đọc, không điền", None, "Số liệu kỳ này", None],
                    [None, None, "Chỉ tiêu", "Quý III/2024: giá trị", "Tử số", "Mẫu số"],
                    [1, "pay_rate", "Thanh toán trực tuyến", 9.5, 107, 1000],
                ],
                "Hướng dẫn": [["Trang này để đọc, không phải số liệu."], TIDY, one(1, 2, None, None)],
                "Guide": [["This sheet is for reading; it holds no figures."], ["Ã´", Formula("1+1")]],
            }
        ),
        "layout_labels_in_cells.csv": csv(
            "Đơn vị:,UBND xã Quang Thuận,,",
            "Kỳ báo cáo:,Quý I/2024,,",
            "STT,Chỉ tiêu,Tử số,Mẫu số",
            "1,pay_rate,1,10",
        ),
    }


def _wide() -> dict[str, bytes]:
    return {
        "wide_by_indicator.xlsx": xlsx(
            *TOP,
            ["BÁO CÁO QUÝ I/2024"],
            WIDE,
            WIDE_SUB,
            LETTERS,
            [1, "Quang Thuận", 107, 1000, percent(0.107), 55],
            [2, "Đức Vân", 20, 100, 20, None],
            [None, "Người lập biểu"],
            merged=("C4:E4", "A4:A5", "B4:B5", "F4:F5", "A3:F3"),
        ),
        "wide_by_indicator_text.csv": csv(
            "Kỳ báo cáo: Quý I/2024;;;;;",
            "STT;Tên đơn vị;Thanh toán trực tuyến;;;Số văn bản",
            ";;Tử số;Mẫu số;Tỷ lệ (%);",
            "1;Quang Thuận;107;1000;10,7;55",
            "2;Đức Vân;200;100;;x",
        ),
        "wide_by_period.xlsx": xlsx(
            ["Đơn vị: UBND xã Quang Thuận"],
            ["STT", "Chỉ tiêu", "Quý I/2024", "Quý II/2024", "Năm 2023"],
            [1, "doc_count", 5, 6, 30],
            [2, "Thanh toán trực tuyến", percent(0.1), percent(0.2), None],
        ),
        "wide_by_period_with_year_above.xlsx": xlsx(
            ["KẾT QUẢ NĂM 2024"],
            ["Chỉ tiêu: Số văn bản"],
            ["TT", "Đơn vị", "Quý I", "Quý II", "6 tháng đầu năm", "Tháng 7"],
            [1, "Quang Thuận", 5, 6, 11, 2],
        ),
        "wide_by_period_without_year.csv": csv(
            "TT;Đơn vị;Chỉ tiêu;Quý I;Quý II", "1;Quang Thuận;doc_count;5;6"
        ),
        "wide_three_rows.xlsx": xlsx(
            ["STT", "Đơn vị", "Thanh toán trực tuyến", None, None, None],
            [None, None, "Quý I/2024", None, "Quý II/2024", None],
            [None, None, "Tử số", "Mẫu số", "Tử số", "Mẫu số"],
            [1, "Quang Thuận", 1, 10, 2, 10],
            merged=("A1:A3", "B1:B3", "C1:F1", "C2:D2", "E2:F2"),
        ),
        "wide_by_commune.xlsx": xlsx(
            ["Kỳ báo cáo: Quý I/2024"],
            ["STT", "Chỉ tiêu", "Quang Thuận", "Đức Vân", "Phường Sông Cầu"],
            [1, "doc_count", 5, 6, 7],
        ),
        "wide_target_and_result.xlsx": xlsx(
            ["Kỳ báo cáo: năm 2023"],
            ["STT", "Đơn vị", "Thanh toán trực tuyến", None],
            [None, None, "Mục tiêu", "Thực hiện"],
            [1, "Quang Thuận", percent(0.5), percent(0.4)],
            merged=("A2:A3", "B2:B3", "C2:D2"),
        ),
        "wide_comparison_columns.csv": csv(
            "Đơn vị;Kỳ;Số văn bản;Tăng/giảm so với cùng kỳ;Tổng số", "Quang Thuận;Quý I/2024;5;1;9"
        ),
        "wide_misspelt_indicator.csv": csv(
            "Đơn vị;Kỳ;Số văn bản;Thanh toán trực tuyén hh", "Quang Thuận;Quý I/2024;5;10"
        ),
        "wide_ambiguous_indicator.csv": csv(
            "Đơn vị;Kỳ;Số văn bản;Tỷ lệ trùng tên", "Quang Thuận;Quý I/2024;5;10"
        ),
        "wide_percent_damage.csv": csv(
            "Đơn vị;Kỳ;Thanh toán trực tuyến;;",
            ";;Tử số;Mẫu số;Tỷ lệ",
            "Quang Thuận;Quý I/2024;107;1000;0,107",
        ),
    }


def _hostile() -> dict[str, bytes]:
    good = members({"A": sheet_xml([TIDY, one(1, 2)])})
    bomb = archive(
        {**good, "xl/worksheets/sheet1.xml": "<worksheet>" + " " * 3_000_000},
        compress=("xl/worksheets/sheet1.xml",),
    )
    entities = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>'
    far = sheet_xml([TIDY, one(1, 2)]).replace(
        "</sheetData>", '<row r="1048576"><c r="XA1048576"><v>1</v></c></row></sheetData>'
    )
    many = {**good, **{f"docProps/{number}.xml": "" for number in range(1001)}}
    cell = (
        '<table:table-cell table:number-columns-repeated="900" office:value-type="float" office:value="1"/>'
    )
    repeated = (
        ods_row(*TIDY) + f'<table:table-row table:number-rows-repeated="1000000">{cell}</table:table-row>'
    )
    return {
        "hostile_bomb.xlsx": bomb,
        "hostile_declared_size.xlsx": patched(xlsx(TIDY), 4_000_000_000),
        "hostile_wrong_size.xlsx": patched(xlsx(TIDY), 20),
        "hostile_many_members.xlsx": archive(many),
        "hostile_entities.xlsx": archive({**good, "xl/worksheets/sheet1.xml": entities}),
        "hostile_entities_utf16.xlsx": archive(
            {**good, "xl/worksheets/sheet1.xml": entities.encode("utf-16")}
        ),
        "hostile_path_names.xlsx": archive({**good, "../../etc/passwd": "x", "/xl/../../a.xml": "x"}),
        "hostile_stray_cell.xlsx": archive({**good, "xl/worksheets/sheet1.xml": far}),
        "hostile_repeated_cells.ods": ods(repeated),
        "hostile_columns.csv": csv(
            ",".join([*TIDY, *(f"c{number}" for number in range(10_000))]), "01837,pay_rate,2024-Q1,1,2"
        ),
        "hostile_columns_workbook.xlsx": xlsx([*TIDY, *range(1100)]),
        "hostile_spans.xls": f"{HTML}<table><tr><td colspan=9999999>Xã<td colspan=999>a</tr></table>".encode(),
        "hostile_cells.xls": f"{HTML}<table>{'<tr><td rowspan=1000 colspan=900>a' * 3}</table>".encode(),
        "hostile_nul.csv": b"commune,indicator\x00,period,value\n1,2,3,4\n",
        "hostile_zip_in_zip.xlsx": archive({"a.zip": archive({"b": "c"})}),
        "hostile_endless_cell.csv": csv(",".join(TIDY), "01837,pay_rate,2024-Q1,1,2,," + "a" * 33_000),
        "hostile_missing_part.xlsx": archive(
            {name: text for name, text in good.items() if "rels/workbook" not in name}
        ),
        "hostile_loop.xls": compound({"Workbook": bytes(4096)}).replace(
            b"\x03\x00\x00\x00", b"\x02\x00\x00\x00", 1
        ),
    }


def _letters() -> dict[str, bytes]:
    head = "xã,chỉ tiêu,kỳ,tử số,mẫu số,giá trị,ghi chú"
    row = "Phường Sông Cầu,pay_rate,Quý I/2024,10,100,,số liệu trực tuyến"
    return {
        "encoding_tcvn3.csv": _encoded(f"{head}\r\n{row}\r\n", "tcvn3").encode("latin-1"),
        "encoding_vni.csv": _encoded(f"{head}\r\n{row}\r\n", "vni").encode("cp1252"),
        "encoding_vni_saved_as_utf8.csv": _encoded(f"{head}\r\n{row}\r\n", "vni").encode(),
        "encoding_tcvn3_workbook.xlsx": xlsx(
            *[[_encoded(cell, "tcvn3") for cell in text.split(",")] for text in (head, row)]
        ),
        "encoding_mojibake_workbook.xlsx": xlsx(
            TIDY,
            [
                "Phường".encode().decode("cp1252", "replace").replace("\ufffd", "\u0081"),
                "pay_rate",
                "2023",
                1,
                2,
            ],
        ),
    }


def _encoded(text: str, name: str) -> str:
    """Vietnamese in the letters of an old font."""
    from etl import legacy

    table = {letter: own for own, letter in getattr(legacy, name.upper()).items()}
    return "".join(table.get(char, char) for char in text)


def _judgement() -> dict[str, bytes]:
    head = "xã;chỉ tiêu;kỳ;tử số;mẫu số;giá trị;cách tính"
    return {
        "judge_hundredfold.csv": csv(
            head, "Quang Thuận;pay_rate;2023;107;1000;0,107;", "Đức Vân;pay_rate;2023;5;1000;50;"
        ),
        "judge_before.csv": csv(
            head,
            "Quang Thuận;pay_rate;Quý I/2024;;;10,7;",
            "Quang Thuận;pay_rate;Quý II/2024;;;0,11;",
            "Đức Vân;pay_rate;Quý I/2024;;;0,1;",
            "Đức Vân;pay_rate;Quý II/2024;;;10,0;",
            "Sông Cầu;pay_rate;Quý I/2024;;;10,7;",
            "Sông Cầu;pay_rate;Quý II/2024;;;90;",
        ),
        "judge_all_equal.csv": csv(
            head, *(f"{code};pay_rate;2023;;;45;" for code in ("01837", "02017", "01912", "01951"))
        ),
        "judge_identities.csv": csv(
            head,
            "Quang Thuận;gov_dossiers_received;2023;;;100;received",
            "Quang Thuận;gov_dossiers_received;2023;;;120;online",
            "Quang Thuận;gov_online_filing_rate;2023;120;101;;",
            "Đức Vân;gov_online_filing_rate;2023;1;101;;",
            "Đức Vân;gov_dossiers_received;2023;;;101;",
        ),
        "judge_merged_ward.csv": csv(
            head, "01837-2020;pay_rate;Quý IV/2025;1;10;;", "01843-2025;pay_rate;2023;1;10;;"
        ),
    }
