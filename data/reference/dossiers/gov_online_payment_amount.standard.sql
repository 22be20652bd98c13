-- Tổng số tiền phí, lệ phí đã thanh toán trực tuyến (đồng) của hồ sơ tiếp nhận trong kỳ
SELECT
    commune_code,
    SUM(CASE WHEN received_on BETWEEN {start} AND {end} AND paid_online THEN fee_vnd ELSE 0 END) AS value
FROM dossier
GROUP BY commune_code
