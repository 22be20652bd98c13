-- Hồ sơ có thành phần hồ sơ và kết quả được số hóa / hồ sơ đã giải quyết trong kỳ (bảng chỉ gồm hồ sơ thuộc thẩm quyền)
SELECT
    commune_code,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end} AND parts_digitised AND result_digitised THEN 1 ELSE 0 END) AS numerator,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end} THEN 1 ELSE 0 END) AS denominator
FROM dossier
GROUP BY commune_code
