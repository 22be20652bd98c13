-- Hồ sơ có kết quả điện tử / hồ sơ phải trả kết quả bằng văn bản, giấy tờ, trong số hồ sơ đã giải quyết trong kỳ
SELECT
    commune_code,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end} AND result_document AND result_digitised THEN 1 ELSE 0 END) AS numerator,
    SUM(CASE WHEN finished_on BETWEEN {start} AND {end} AND result_document THEN 1 ELSE 0 END) AS denominator
FROM dossier
GROUP BY commune_code
