-- The three roles and the database, for a PostgreSQL of your own (15 or newer). Run once as a superuser:
--
--     psql -v owner_password=... -v worker_password=... -v web_password=... -f roles.sql
--
-- owner   owns the tables and runs migrations           not bound by row-level security
-- worker  imports, measurement, jobs                    not bound by row-level security
-- web     serves pages; owns nothing                    bound by row-level security

CREATE ROLE crescendo_web LOGIN PASSWORD :'web_password'
    NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE crescendo_worker LOGIN PASSWORD :'worker_password'
    NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;
CREATE ROLE crescendo_owner LOGIN PASSWORD :'owner_password'
    NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE;

CREATE DATABASE crescendo OWNER crescendo_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE crescendo FROM PUBLIC;
GRANT CONNECT ON DATABASE crescendo TO crescendo_owner, crescendo_worker, crescendo_web;
