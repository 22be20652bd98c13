-- Tables of one snapshot. A snapshot is written once, under a new name, and only read afterwards.

CREATE TABLE meta (key VARCHAR PRIMARY KEY, value VARCHAR NOT NULL);

-- The definitions the snapshot was built with, word for word, so that an old report can be reprinted.
CREATE TABLE definition_file (path VARCHAR PRIMARY KEY, content VARCHAR NOT NULL);

CREATE TABLE period (
    period VARCHAR PRIMARY KEY,
    kind VARCHAR NOT NULL,
    period_start DATE,            -- unknown for many published figures
    period_end DATE,
    sort_key VARCHAR NOT NULL     -- order in time
);

CREATE TABLE upload (
    upload_id VARCHAR PRIMARY KEY,
    file VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    received VARCHAR,             -- day the file came in
    submitted_by VARCHAR,
    provenance VARCHAR NOT NULL,  -- published | uploaded | illustrative
    note VARCHAR,
    arrival INTEGER NOT NULL,     -- order of arrival; a later file supersedes an earlier one
    rows INTEGER NOT NULL
);

-- The figures that count now: one row per area, indicator, definition, period, role and class of provenance. What was
-- found in print (published) and what came in (uploaded, illustrative) stand side by side: no upload replaces a
-- printed figure. Which of the two is shown is decided where it is read.
CREATE TABLE observation (
    area_id VARCHAR NOT NULL,
    indicator_id VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    role VARCHAR NOT NULL,        -- observed | target
    numerator DOUBLE,
    denominator DOUBLE,
    value DOUBLE,                 -- in the indicator's unit; computed from n/N when the file gave none
    value_given BOOLEAN NOT NULL, -- whether the file printed the value itself
    qualifier VARCHAR NOT NULL,   -- exact | gt | lt | approx | approx_below | counted | derived | implausible
    status VARCHAR NOT NULL,      -- reported | no_cases; a missing figure has no row
    provenance VARCHAR NOT NULL,
    source VARCHAR NOT NULL,      -- source_id, or the text the file gave
    note VARCHAR,
    upload_id VARCHAR NOT NULL,
    first_upload_id VARCHAR NOT NULL, -- the file that first gave this key a figure: a correction is not a late report
    line INTEGER NOT NULL,        -- spreadsheet line in the uploaded file, header is line 1
    hidden VARCHAR NOT NULL       -- "" or why it is shown to nobody (primary | secondary): store/disclosure.py
);

-- What was counted beforehand, for every page asks it and a country has millions of figures. A figure that stands both in
-- print and as it was sent in counts once; ``other`` is the provenance beside print, empty where there is none.
CREATE TABLE coverage (
    area_id VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    printed BOOLEAN NOT NULL,
    other VARCHAR NOT NULL,       -- "" | uploaded | illustrative
    figures INTEGER NOT NULL      -- observed figures of the area in the period
);

CREATE TABLE way (
    area_id VARCHAR NOT NULL,
    indicator_id VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    printed BOOLEAN NOT NULL,
    other VARCHAR NOT NULL,
    periods INTEGER NOT NULL      -- in which the area has an observed figure of the indicator, counted so
);

-- Warnings that still stand on observed figures: store/read.py, findings.
CREATE TABLE doubt (
    area_id VARCHAR NOT NULL,
    indicator_id VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    provenance VARCHAR NOT NULL,
    code VARCHAR NOT NULL
);

-- Figures that were replaced by a later file of the same class. A revision is not a change. Counts that would show a
-- hidden figure are left out (status suppressed).
CREATE TABLE revision (
    area_id VARCHAR NOT NULL,
    indicator_id VARCHAR NOT NULL,
    definition VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    old_numerator DOUBLE, old_denominator DOUBLE, old_value DOUBLE, old_status VARCHAR,
    new_numerator DOUBLE, new_denominator DOUBLE, new_value DOUBLE, new_status VARCHAR,
    old_upload_id VARCHAR NOT NULL,
    new_upload_id VARCHAR NOT NULL
);

-- Notes and warnings that accepted files came with.
CREATE TABLE finding (
    upload_id VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    line INTEGER,
    column_name VARCHAR,
    cell VARCHAR
);

-- Shapes to draw: the product's own sketch. Imported boundaries lie in files; meta names their version (boundary.*).
CREATE TABLE map_shape (
    layer VARCHAR NOT NULL,       -- sketch
    level VARCHAR NOT NULL,       -- commune | district | province
    area_id VARCHAR NOT NULL,
    geometry VARCHAR NOT NULL     -- GeoJSON geometry, WGS 84, exterior rings clockwise
);
