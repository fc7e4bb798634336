--| name = "district_office"
--| takes = ["unit"]
-- Whether an office is a district's by its name; a city run as a province (trực thuộc trung ương) is none.
({unit} LIKE 'UBND huyện %' OR {unit} LIKE 'UBND quận %' OR {unit} LIKE 'UBND thị xã %'
  OR ({unit} LIKE 'UBND thành phố %' AND {unit} NOT IN ('UBND thành phố Hà Nội', 'UBND thành phố Hải Phòng',
    'UBND thành phố Huế', 'UBND thành phố Đà Nẵng', 'UBND thành phố Hồ Chí Minh', 'UBND thành phố Cần Thơ')))
