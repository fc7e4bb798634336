--| name = "peer_group"
--| takes = ["unit"]
-- With whom an office is ranked: the kind that the table of units (`f`) gives it, or what its name says.
CASE
  WHEN f.kind IS NOT NULL THEN f.kind
  WHEN {unit} LIKE 'Sở %' OR {unit} LIKE 'Thanh tra tỉnh%' OR {unit} LIKE 'Văn phòng UBND%' THEN 'Sở, cơ quan ngang sở'
  WHEN
--use district_office unit={unit}
  THEN 'Huyện, quận, thị xã, thành phố (trước 01/7/2025)'
  WHEN {unit} LIKE 'UBND tỉnh %' OR {unit} LIKE 'UBND thành phố %' THEN 'UBND tỉnh, thành phố trực thuộc trung ương'
  WHEN {unit} LIKE 'UBND xã %' OR {unit} LIKE 'UBND phường %' OR {unit} LIKE 'UBND đặc khu %' THEN 'Xã, phường, đặc khu'
  ELSE 'Cơ quan khác'
END
