-- expect: sealed
-- A setting of the role itself.
ALTER ROLE CURRENT_USER SET search_path = 'leak';
