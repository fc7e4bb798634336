--| name = "judged_rollouts"
--| version = 1
--| title = { vi = "Đơn vị triển khai phần mềm, mỗi đơn vị và phiên bản một lần", en = "Rollouts, one a unit and version" }
--| counts = "rollout"
--| parameters = ["as_of"]
--| tables = ["rollouts"]
--| [basis]
--| dataset = "rollouts"
--| dimensions = [
--|   { name = "province", label = { vi = "Tỉnh, thành phố", en = "Province" } },
--|   { name = "product", label = { vi = "Sản phẩm", en = "Product" } },
--|   { name = "version", label = { vi = "Phiên bản", en = "Version" } },
--|   { name = "product_kind", label = { vi = "Loại phần mềm", en = "Kind of product" } },
--|   { name = "unit", label = { vi = "Đơn vị", en = "Unit" } },
--|   { name = "unit_group", label = { vi = "Nhóm cơ quan", en = "Peer group" } },
--|   { name = "prepared", label = { vi = "Chuẩn bị", en = "Prepared" } },
--|   { name = "in_use", label = { vi = "Sử dụng", en = "In use" } },
--|   { name = "class", label = { vi = "Tình trạng", en = "State" } },
--| ]
--| dates = [
--|   { name = "planned_on", label = { vi = "Ngày dự kiến", en = "Planned on" } },
--|   { name = "actual_on", label = { vi = "Ngày thực tế", en = "Actual on" } },
--|   { name = "stated_on", label = { vi = "Tính đến ngày", en = "Stated on" } },
--| ]
--| shows = [
--|   { name = "reason", label = { vi = "Lý do chậm", en = "Reason for delay" } },
--|   { name = "source", label = { vi = "Nguồn", en = "Source" } },
--|   { name = "note", label = { vi = "Ghi chú", en = "Note" } },
--| ]
--| classes = [
--|   { name = "official", label = { vi = "Chính thức", en = "Official" } },
--|   { name = "used", label = { vi = "Đang sử dụng", en = "In use" } },
--|   { name = "trial", label = { vi = "Thử nghiệm", en = "Trial" } },
--|   { name = "installed", label = { vi = "Đã cài đặt, đào tạo, chưa dùng", en = "Installed, not in use" } },
--|   { name = "data_collected", label = { vi = "Đã thu thập dữ liệu", en = "Data collected" } },
--|   { name = "planned", label = { vi = "Mới có kế hoạch", en = "Planned only" } },
--|   { name = "nothing", label = { vi = "Chưa chuẩn bị", en = "Nothing" } },
--| ]
-- Two axes: how far a unit is prepared and how far it is in use; the class is the furthest that is a fact on the
-- business date. A plan is never a result. What is said of a group of units nobody named is not counted.
WITH stated AS (
  SELECT *,
    CASE WHEN actual_on > $as_of THEN NULL ELSE in_use END AS use_now
  FROM rollouts
  WHERE NOT coalesce(is_group, FALSE) AND (stated_on IS NULL OR stated_on <= $as_of)
)
SELECT id, source_system, source_id, province, product, version, product_kind, unit, prepared, in_use, planned_on,
  actual_on, stated_on, reason, source, note,
  CASE
    WHEN unit LIKE 'Sở %' OR unit LIKE 'Ban %' OR unit LIKE 'Thanh tra %' OR unit LIKE 'Văn phòng %' THEN 'Sở, cơ quan ngang sở'
    WHEN unit LIKE 'UBND huyện %' OR unit LIKE 'UBND quận %' OR unit LIKE 'UBND thị xã %'
      OR unit LIKE 'UBND thành phố %' THEN 'Huyện, quận, thị xã, thành phố (trước 01/7/2025)'
    WHEN unit LIKE 'UBND xã %' OR unit LIKE 'UBND phường %' OR unit LIKE 'UBND đặc khu %' THEN 'Xã, phường, đặc khu'
    ELSE 'Cơ quan khác'
  END AS unit_group,
  CASE
    WHEN use_now = 'official' THEN 'official'
    WHEN use_now = 'used' THEN 'used'
    WHEN use_now = 'trial' THEN 'trial'
    WHEN prepared = 'installed_trained' THEN 'installed'
    WHEN prepared = 'data_collected' THEN 'data_collected'
    WHEN planned_on IS NOT NULL THEN 'planned'
    ELSE 'nothing'
  END AS class
FROM stated
