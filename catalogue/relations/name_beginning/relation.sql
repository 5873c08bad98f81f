-- a beginning is a column of its own, so that a village is reached from its name over equal columns
WITH corporate AS (
  SELECT b.account_no, b.owner_name, LENGTH(b.owner_name) AS letters
  FROM bank_account AS b
  WHERE b.account_type = 'corporate'
)
SELECT c.account_no, LEFT(c.owner_name, 1) AS beginning FROM corporate AS c WHERE c.letters >= 1
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 2) AS beginning FROM corporate AS c WHERE c.letters >= 2
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 3) AS beginning FROM corporate AS c WHERE c.letters >= 3
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 4) AS beginning FROM corporate AS c WHERE c.letters >= 4
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 5) AS beginning FROM corporate AS c WHERE c.letters >= 5
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 6) AS beginning FROM corporate AS c WHERE c.letters >= 6
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 7) AS beginning FROM corporate AS c WHERE c.letters >= 7
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 8) AS beginning FROM corporate AS c WHERE c.letters >= 8
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 9) AS beginning FROM corporate AS c WHERE c.letters >= 9
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 10) AS beginning FROM corporate AS c WHERE c.letters >= 10
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 11) AS beginning FROM corporate AS c WHERE c.letters >= 11
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 12) AS beginning FROM corporate AS c WHERE c.letters >= 12
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 13) AS beginning FROM corporate AS c WHERE c.letters >= 13
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 14) AS beginning FROM corporate AS c WHERE c.letters >= 14
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 15) AS beginning FROM corporate AS c WHERE c.letters >= 15
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 16) AS beginning FROM corporate AS c WHERE c.letters >= 16
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 17) AS beginning FROM corporate AS c WHERE c.letters >= 17
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 18) AS beginning FROM corporate AS c WHERE c.letters >= 18
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 19) AS beginning FROM corporate AS c WHERE c.letters >= 19
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 20) AS beginning FROM corporate AS c WHERE c.letters >= 20
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 21) AS beginning FROM corporate AS c WHERE c.letters >= 21
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 22) AS beginning FROM corporate AS c WHERE c.letters >= 22
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 23) AS beginning FROM corporate AS c WHERE c.letters >= 23
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 24) AS beginning FROM corporate AS c WHERE c.letters >= 24
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 25) AS beginning FROM corporate AS c WHERE c.letters >= 25
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 26) AS beginning FROM corporate AS c WHERE c.letters >= 26
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 27) AS beginning FROM corporate AS c WHERE c.letters >= 27
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 28) AS beginning FROM corporate AS c WHERE c.letters >= 28
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 29) AS beginning FROM corporate AS c WHERE c.letters >= 29
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 30) AS beginning FROM corporate AS c WHERE c.letters >= 30
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 31) AS beginning FROM corporate AS c WHERE c.letters >= 31
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 32) AS beginning FROM corporate AS c WHERE c.letters >= 32
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 33) AS beginning FROM corporate AS c WHERE c.letters >= 33
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 34) AS beginning FROM corporate AS c WHERE c.letters >= 34
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 35) AS beginning FROM corporate AS c WHERE c.letters >= 35
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 36) AS beginning FROM corporate AS c WHERE c.letters >= 36
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 37) AS beginning FROM corporate AS c WHERE c.letters >= 37
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 38) AS beginning FROM corporate AS c WHERE c.letters >= 38
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 39) AS beginning FROM corporate AS c WHERE c.letters >= 39
UNION ALL
SELECT c.account_no, LEFT(c.owner_name, 40) AS beginning FROM corporate AS c WHERE c.letters >= 40
