-- Số hồ sơ đã thanh toán phí, lệ phí trực tuyến / số hồ sơ phải nộp (trừ mức thu 0); kỳ theo ngày tiếp nhận (đề xuất)
SELECT
    commune_code,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} AND fee_vnd > 0 AND paid_online THEN 1 ELSE 0 END) AS numerator,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} AND fee_vnd > 0 THEN 1 ELSE 0 END) AS denominator
FROM dossier
GROUP BY commune_code
