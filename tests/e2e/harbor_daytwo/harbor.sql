-- The part of Harbor's schema that a restore is judged by, with the keys and triggers that make an order of rows matter.
CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL, data_version int);
CREATE TABLE harbor_user (
  user_id serial PRIMARY KEY, username varchar(255) UNIQUE, password varchar(40) NOT NULL DEFAULT 'x', salt varchar(40) DEFAULT 'x',
  sysadmin_flag boolean DEFAULT false NOT NULL);
CREATE TABLE project (
  project_id serial PRIMARY KEY, owner_id int NOT NULL REFERENCES harbor_user, name varchar(255) NOT NULL UNIQUE,
  update_time timestamp DEFAULT now());
CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.update_time = now(); RETURN NEW; END';
CREATE TRIGGER project_touched BEFORE UPDATE ON project FOR EACH ROW EXECUTE PROCEDURE touched();
CREATE TABLE robot (
  id serial PRIMARY KEY, name varchar(255), project_id int REFERENCES project, secret varchar(2048), expiresat bigint,
  disabled boolean DEFAULT false NOT NULL, UNIQUE (name, project_id));
CREATE TABLE artifact (
  id serial PRIMARY KEY, project_id int NOT NULL REFERENCES project, repository_name varchar(255) NOT NULL,
  digest varchar(255) NOT NULL, size bigint, annotations jsonb, UNIQUE (repository_name, digest));
INSERT INTO schema_migrations VALUES (180, false, 30);
INSERT INTO harbor_user (username, sysadmin_flag) VALUES ('admin', true), ('anonymous', false), ('amélie o''neill', false);
INSERT INTO project (owner_id, name) VALUES (1, 'library'), (1, 'snapdeploy-apps');
INSERT INTO robot (name, project_id, secret, expiresat)
  SELECT 'robot$snapdeploy-apps+builder-' || n, 2, md5(n::text), 1800000000 + n FROM generate_series(1, 20) n;
INSERT INTO artifact (project_id, repository_name, digest, size, annotations)
  SELECT 2, 'snapdeploy-apps/app-' || n % 40, 'sha256:' || sha256(n::text::bytea)::text, n * 1000, json_build_object('n', n)::jsonb
  FROM generate_series(1, 5000) n;
