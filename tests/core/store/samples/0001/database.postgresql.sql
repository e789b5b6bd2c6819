-- A small business as crmkit's first schema kept it: what pg_dump wrote.
SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public.change (
    seq bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL COLLATE pg_catalog."C",
    action text NOT NULL COLLATE pg_catalog."C",
    entity text NOT NULL COLLATE pg_catalog."C",
    entity_id bigint NOT NULL,
    customer_id bigint,
    field text NOT NULL COLLATE pg_catalog."C",
    old text COLLATE pg_catalog."C",
    new text COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    origin text NOT NULL COLLATE pg_catalog."C",
    salt text COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    hash text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.change_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.change_seq_seq OWNED BY public.change.seq;
CREATE TABLE public.consent (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    purpose text NOT NULL COLLATE pg_catalog."C",
    channel text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C",
    wording_version bigint,
    evidence text NOT NULL COLLATE pg_catalog."C",
    actor text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.consent_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.consent_id_seq OWNED BY public.consent.id;
CREATE TABLE public.contact_point (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    label text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    normalised text NOT NULL COLLATE pg_catalog."C",
    is_primary bigint NOT NULL,
    verified_at bigint,
    street text COLLATE pg_catalog."C",
    city text COLLATE pg_catalog."C",
    postcode text COLLATE pg_catalog."C",
    region text COLLATE pg_catalog."C",
    country text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.contact_point_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.contact_point_id_seq OWNED BY public.contact_point.id;
CREATE TABLE public.crmkit_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.customer (
    id bigint NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    is_organization bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    given_name text NOT NULL COLLATE pg_catalog."C",
    family_name text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    lifecycle text NOT NULL COLLATE pg_catalog."C",
    customer_type text COLLATE pg_catalog."C",
    owner_id bigint,
    locale text COLLATE pg_catalog."C",
    timezone text COLLATE pg_catalog."C",
    preferred_channel text COLLATE pg_catalog."C",
    preferred_time text COLLATE pg_catalog."C",
    archived_at bigint,
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.customer_choice (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    field text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.customer_choice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_choice_id_seq OWNED BY public.customer_choice.id;
CREATE TABLE public.customer_field (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    birthday text COLLATE pg_catalog."C",
    bread text COLLATE pg_catalog."C",
    budget bigint,
    lead_source text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.customer_field_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_field_id_seq OWNED BY public.customer_field.id;
CREATE SEQUENCE public.customer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_id_seq OWNED BY public.customer.id;
CREATE TABLE public.customer_tag (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    tag text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.customer_tag_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.customer_tag_id_seq OWNED BY public.customer_tag.id;
CREATE TABLE public.employee (
    id bigint NOT NULL,
    uid text NOT NULL COLLATE pg_catalog."C",
    name text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    email text COLLATE pg_catalog."C",
    role text NOT NULL COLLATE pg_catalog."C",
    active bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE SEQUENCE public.employee_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.employee_id_seq OWNED BY public.employee.id;
CREATE TABLE public.exchange_rate (
    id bigint NOT NULL,
    currency text NOT NULL COLLATE pg_catalog."C",
    base text NOT NULL COLLATE pg_catalog."C",
    valid_from text NOT NULL COLLATE pg_catalog."C",
    mantissa bigint NOT NULL,
    exponent bigint NOT NULL,
    source text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.exchange_rate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.exchange_rate_id_seq OWNED BY public.exchange_rate.id;
CREATE TABLE public.identity (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    scheme text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.identity_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.identity_id_seq OWNED BY public.identity.id;
CREATE TABLE public.import_run (
    id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    file text NOT NULL COLLATE pg_catalog."C",
    digest text NOT NULL COLLATE pg_catalog."C",
    mapping text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    counts text NOT NULL COLLATE pg_catalog."C",
    state text NOT NULL COLLATE pg_catalog."C",
    started_at bigint NOT NULL,
    finished_at bigint,
    actor text NOT NULL COLLATE pg_catalog."C",
    rejects_file text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.import_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.import_run_id_seq OWNED BY public.import_run.id;
CREATE TABLE public.interaction (
    seq bigint NOT NULL,
    customer_id bigint,
    type text NOT NULL COLLATE pg_catalog."C",
    channel text COLLATE pg_catalog."C",
    direction text COLLATE pg_catalog."C",
    employee_id bigint,
    outlet text COLLATE pg_catalog."C",
    occurred_at bigint NOT NULL,
    recorded_at bigint NOT NULL,
    known_at bigint NOT NULL,
    amount bigint,
    currency text COLLATE pg_catalog."C",
    payload text NOT NULL COLLATE pg_catalog."C",
    payload_version bigint NOT NULL,
    source text COLLATE pg_catalog."C",
    source_ref text COLLATE pg_catalog."C",
    corrects bigint,
    superseded_by bigint,
    identity_id bigint,
    contact_point_id bigint,
    actor text NOT NULL COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.interaction_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.interaction_seq_seq OWNED BY public.interaction.seq;
CREATE TABLE public.job (
    name text NOT NULL COLLATE pg_catalog."C",
    due_at bigint NOT NULL,
    lease_until bigint,
    lease_token text COLLATE pg_catalog."C",
    failures bigint NOT NULL,
    error text COLLATE pg_catalog."C",
    finished_at bigint
);
CREATE TABLE public.observer (
    id bigint NOT NULL,
    plugin text NOT NULL COLLATE pg_catalog."C",
    hook text NOT NULL COLLATE pg_catalog."C",
    "position" bigint NOT NULL,
    failures bigint NOT NULL,
    retry_at bigint,
    quarantined_at bigint,
    error text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.observer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.observer_id_seq OWNED BY public.observer.id;
CREATE TABLE public.operational_schema_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.operational_task (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    title text NOT NULL COLLATE pg_catalog."C",
    due text COLLATE pg_catalog."C",
    employee_id bigint,
    created_at bigint NOT NULL,
    done_at bigint,
    because_of text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.operational_task_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.operational_task_id_seq OWNED BY public.operational_task.id;
CREATE TABLE public.ownership (
    table_name text NOT NULL COLLATE pg_catalog."C",
    plugin text NOT NULL COLLATE pg_catalog."C",
    contract text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.plugin (
    name text NOT NULL COLLATE pg_catalog."C",
    version text NOT NULL COLLATE pg_catalog."C",
    deciders text NOT NULL COLLATE pg_catalog."C",
    restricts bigint NOT NULL,
    tables text NOT NULL COLLATE pg_catalog."C",
    words text NOT NULL COLLATE pg_catalog."C",
    loaded_at bigint NOT NULL
);
CREATE TABLE public.preference (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    topic text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C",
    origin text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    at bigint NOT NULL
);
CREATE SEQUENCE public.preference_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.preference_id_seq OWNED BY public.preference.id;
CREATE TABLE public.record_deal (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    employee_id bigint,
    state text COLLATE pg_catalog."C",
    title text NOT NULL COLLATE pg_catalog."C",
    fold text NOT NULL COLLATE pg_catalog."C",
    version bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    archived_at bigint,
    about text COLLATE pg_catalog."C",
    value bigint
);
CREATE SEQUENCE public.record_deal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.record_deal_id_seq OWNED BY public.record_deal.id;
CREATE TABLE public.relationship (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    other_id bigint NOT NULL,
    kind text NOT NULL COLLATE pg_catalog."C",
    since text COLLATE pg_catalog."C",
    until text COLLATE pg_catalog."C"
);
CREATE SEQUENCE public.relationship_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.relationship_id_seq OWNED BY public.relationship.id;
CREATE TABLE public.review (
    id bigint NOT NULL,
    customer_id bigint,
    kind text NOT NULL COLLATE pg_catalog."C",
    source text NOT NULL COLLATE pg_catalog."C",
    item text NOT NULL COLLATE pg_catalog."C",
    candidates text NOT NULL COLLATE pg_catalog."C",
    created_at bigint NOT NULL,
    settled_at bigint
);
CREATE SEQUENCE public.review_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.review_id_seq OWNED BY public.review.id;
CREATE TABLE public.segment_stay (
    id bigint NOT NULL,
    segment text NOT NULL COLLATE pg_catalog."C",
    customer_id bigint NOT NULL,
    entered_at bigint NOT NULL,
    left_at bigint
);
CREATE SEQUENCE public.segment_stay_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.segment_stay_id_seq OWNED BY public.segment_stay.id;
CREATE TABLE public.setting (
    key text NOT NULL COLLATE pg_catalog."C",
    value text NOT NULL COLLATE pg_catalog."C"
);
CREATE TABLE public.team (
    id bigint NOT NULL,
    name text NOT NULL COLLATE pg_catalog."C",
    parent_id bigint
);
CREATE SEQUENCE public.team_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.team_id_seq OWNED BY public.team.id;
CREATE TABLE public.team_member (
    id bigint NOT NULL,
    team_id bigint NOT NULL,
    employee_id bigint NOT NULL
);
CREATE SEQUENCE public.team_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.team_member_id_seq OWNED BY public.team_member.id;
CREATE TABLE public.trait_value (
    id bigint NOT NULL,
    customer_id bigint NOT NULL,
    trait text NOT NULL COLLATE pg_catalog."C",
    number bigint,
    text text COLLATE pg_catalog."C",
    computed_at bigint NOT NULL
);
CREATE SEQUENCE public.trait_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trait_value_id_seq OWNED BY public.trait_value.id;
ALTER TABLE ONLY public.change ALTER COLUMN seq SET DEFAULT nextval('public.change_seq_seq'::regclass);
ALTER TABLE ONLY public.consent ALTER COLUMN id SET DEFAULT nextval('public.consent_id_seq'::regclass);
ALTER TABLE ONLY public.contact_point ALTER COLUMN id SET DEFAULT nextval('public.contact_point_id_seq'::regclass);
ALTER TABLE ONLY public.customer ALTER COLUMN id SET DEFAULT nextval('public.customer_id_seq'::regclass);
ALTER TABLE ONLY public.customer_choice ALTER COLUMN id SET DEFAULT nextval('public.customer_choice_id_seq'::regclass);
ALTER TABLE ONLY public.customer_field ALTER COLUMN id SET DEFAULT nextval('public.customer_field_id_seq'::regclass);
ALTER TABLE ONLY public.customer_tag ALTER COLUMN id SET DEFAULT nextval('public.customer_tag_id_seq'::regclass);
ALTER TABLE ONLY public.employee ALTER COLUMN id SET DEFAULT nextval('public.employee_id_seq'::regclass);
ALTER TABLE ONLY public.exchange_rate ALTER COLUMN id SET DEFAULT nextval('public.exchange_rate_id_seq'::regclass);
ALTER TABLE ONLY public.identity ALTER COLUMN id SET DEFAULT nextval('public.identity_id_seq'::regclass);
ALTER TABLE ONLY public.import_run ALTER COLUMN id SET DEFAULT nextval('public.import_run_id_seq'::regclass);
ALTER TABLE ONLY public.interaction ALTER COLUMN seq SET DEFAULT nextval('public.interaction_seq_seq'::regclass);
ALTER TABLE ONLY public.observer ALTER COLUMN id SET DEFAULT nextval('public.observer_id_seq'::regclass);
ALTER TABLE ONLY public.operational_task ALTER COLUMN id SET DEFAULT nextval('public.operational_task_id_seq'::regclass);
ALTER TABLE ONLY public.preference ALTER COLUMN id SET DEFAULT nextval('public.preference_id_seq'::regclass);
ALTER TABLE ONLY public.record_deal ALTER COLUMN id SET DEFAULT nextval('public.record_deal_id_seq'::regclass);
ALTER TABLE ONLY public.relationship ALTER COLUMN id SET DEFAULT nextval('public.relationship_id_seq'::regclass);
ALTER TABLE ONLY public.review ALTER COLUMN id SET DEFAULT nextval('public.review_id_seq'::regclass);
ALTER TABLE ONLY public.segment_stay ALTER COLUMN id SET DEFAULT nextval('public.segment_stay_id_seq'::regclass);
ALTER TABLE ONLY public.team ALTER COLUMN id SET DEFAULT nextval('public.team_id_seq'::regclass);
ALTER TABLE ONLY public.team_member ALTER COLUMN id SET DEFAULT nextval('public.team_member_id_seq'::regclass);
ALTER TABLE ONLY public.trait_value ALTER COLUMN id SET DEFAULT nextval('public.trait_value_id_seq'::regclass);
INSERT INTO public.change VALUES (1, 1767268800000000, 'crmkit', 'created', 'employee', 1, NULL, '', NULL, '{"name": "Ola Nowak", "email": "ola@example.org", "role": "administrator"}', '', '019b796d-d600-7226-a46d-66b19c7826a4', 'd1c427103c344c41', 'd447d614df9bbc0cdb73c9e617bf1599be29d52ae52fc91788c1ce88e06178d4', '3b339c06529788c517b43e2f873c7770fa3628a2e952645777078b451f6279b0');
INSERT INTO public.change VALUES (2, 1767268800000000, 'crmkit', 'created', 'team', 1, NULL, '', NULL, '"shop"', '', 'shop', '89eb2f1e7bd5d47e', 'f39dfd10ecf6d19078bdcfc7d0d9586cd02ca240f01fb3693469c4efd6ba21f8', 'ec5ef8a2520778f21e155dbe7549a6d54c709e53a25e39c0b4498d9f2395140f');
INSERT INTO public.change VALUES (3, 1767268800000000, 'crmkit', 'changed', 'employee', 1, NULL, 'team', NULL, '"shop"', '', '019b796d-d600-7226-a46d-66b19c7826a4', '446fcec2a3d81173', '9f600be33164abbb23a11833d0579244fda3c88fcd6fabdf2b501272b2390040', '99110d746cae74ec43de3ba265a89405571736cd7f72bb768e463ca0c0a0ad61');
INSERT INTO public.change VALUES (4, 1767268800000000, 'crmkit', 'created', 'employee', 2, NULL, '', NULL, '{"name": "Piotr Lis", "email": null, "role": "clerk"}', '', '019b796d-d600-7226-a46d-66b2155d3706', '1bcccea696762e61', '65ab6c94ea970ecd65ff3db47e2fb43e17fd8f83ad4545332882cd4ab0ab9003', '36435c3b91b0895d03af7cbf0f0db9cfed04fa7ce55a14b80d453cd53a882ea3');
INSERT INTO public.change VALUES (5, 1767268800000000, 'Ola Nowak', 'created', 'customer', 1, 1, '', NULL, '""', '', '019b796d-d600-7226-a46d-66b2df46fd1d', '2d99bf358c2e0718', '6dc898af2b0229fe3dca6a94c64c7cf6f1c793439dc2586be4e99885e3aac2fc', '051c341995c1ffdc3473325d3e24ed7b89c7ca0303fb10a91109c2aeaac58a11');
INSERT INTO public.change VALUES (6, 1767268800000000, 'Ola Nowak', 'created', 'customer', 2, 2, '', NULL, '""', '', '019b796d-d600-7226-a46d-66b35c2b29a0', 'a8c74107e66cb0e4', '45c1ddcac29edfaf83f4ac129073036ffcc07a2e4ae28224fde2446ae9cb0580', 'a87d49a4fac697b4493c8a2f04ee1ba5f5f860ba44d4fe746ec3ef34bd866d47');
INSERT INTO public.change VALUES (7, 1767268800000000, 'Ola Nowak', 'created', 'customer', 3, 3, '', NULL, '""', '', '019b796d-d600-7226-a46d-66b4321fdd53', '8d82ca6386d2c96e', '00650832edbca27e515b19908d00b93526545be0919bad828c8e5fe584dae3ff', '97100a1dcb827cabc9bee41137ba4ef9c083a3d09058149393da2bcbb855df73');
INSERT INTO public.change VALUES (8, 1767268800000000, 'Ola Nowak', 'created', 'customer', 4, 4, '', NULL, '""', '', '019b796d-d600-7226-a46d-66b4cda0ebca', '85c924c3597164c4', '6d828addb5a1525cb041bbb1527a0427b0aae3d32539ab37578602205523bcf1', '3e10c0389b1b8a29438268eae2e610311160c795f6693c7baf82fe178b3335f1');
INSERT INTO public.change VALUES (9, 1767268800000000, 'Ola Nowak', 'created', 'contact_point', 9, 4, 'email', NULL, '"family@example.org"', '', '019b796d-d600-7226-a46d-66b4cda0ebca', '581a22b22de50472', '2463c3792920f09ae1a70cf30e861df1ddc159581df65dfb977fd371aab124c6', 'bf0ccfae9878c606278240bebd6de771cfa0b69d2e864c220bab667dee0a2a5d');
INSERT INTO public.change VALUES (10, 1767268800000000, 'Ola Nowak', 'created', 'customer', 5, 5, '', NULL, '""', '', '019b796d-d600-7226-a46d-66b512592eb5', 'fed8b6b8357e44cd', '8930cf1cabbd10a0d3606242429c836acd5b86fa7c29646b9bf21a3845f3407e', '735695b78eda4e1c8090f97cee79c95572f9fb60d67e10ebc58a136e6d743b9c');
INSERT INTO public.change VALUES (11, 1767355200000000, 'Ola Nowak', 'created', 'relationship', 1, 1, 'works_at', NULL, '2', '', '019b796d-d600-7226-a46d-66b2df46fd1d', 'c1d45597a242fdf1', 'a1dfaa2bcdbdd380c030a17f1e6fc9c7ab2a24db4b907a1b7415380b615f3eaa', 'c2473e31297d5cf3a3df34cc48d0962c76fec9a0012d7236f1f8f2105b2cb13c');
INSERT INTO public.change VALUES (12, 1767355200000000, 'Ola Nowak', 'changed', 'customer', 1, 1, 'lifecycle', '"lead"', '"customer"', '', '019b796d-d600-7226-a46d-66b2df46fd1d', 'b99e8306dda748a6', '6a66774a18506fe8d0782211b6b46cca0bac318174024089fd5656fcd4f3e1f9', 'cc229785d20b3a66c62e2eab05882ffb6a13edb252270064d351c25d21fb6e05');
INSERT INTO public.change VALUES (13, 1767355200000000, 'Ola Nowak', 'changed', 'field', 1, 1, 'bread', '"rye"', '"wheat"', '', '019b796d-d600-7226-a46d-66b2df46fd1d', '1e029a8a3f415b02', '15f5971f55e2a5d4cdc14d305a2d005e0b1468e11bb90af720f24cadc40a12c5', 'da03860a5e768900bd8a79cadd36185853f0c5938be24abc3c4027a95c808a1f');
INSERT INTO public.change VALUES (14, 1767355200000000, 'Ola Nowak', 'removed', 'tag', 2, 1, '', '"bread"', NULL, '', '019b796d-d600-7226-a46d-66b2df46fd1d', 'd98a98e1cf999661', 'f64a6a4f88e9523b41cb6075a103d7c2c38a0bc3127582f7cff59a38c2c41ea6', 'cee0023d311548bdbeb94d2ae9b5f5d246999e9d547894796f62675856f49cb6');
INSERT INTO public.change VALUES (15, 1767355200000000, 'Ola Nowak', 'changed', 'customer', 5, 5, 'archived_at', NULL, '1767355200000000', '', '019b796d-d600-7226-a46d-66b512592eb5', 'df0e7337420c13f8', 'dfee330f0af9fcd703bf820e86174d0086dc6f0c79a6ab6b63cedf1077e1ec65', '37489fb480385a28de6fd089d579e84799911581154ca9deb4fc3ad2e19a3756');
INSERT INTO public.change VALUES (16, 1767355200000000, 'Ola Nowak', 'created', 'consent', 1, 1, 'offers', NULL, '{"purpose":"offers","channel":"email","state":"granted"}', 'form', '019b796d-d600-7226-a46d-66b2df46fd1d', 'f5d40f6ce079d1b9', '301de54d7f9220c3bf7e52e0a437f33d7e745ef18e5f89907f40ab0a4842554f', 'f42ba7d6f387c8275bbcb1e0d54c00e8e18f700cb3469b74536a9cf1b42b15dd');
INSERT INTO public.change VALUES (17, 1767355200000000, 'Ola Nowak', 'created', 'consent', 2, 3, 'offers', NULL, '{"purpose":"offers","channel":"email","state":"withdrawn"}', '', '019b796d-d600-7226-a46d-66b4321fdd53', '87376f07bcb81287', 'c477c9907aabc742cfcf04153fc0dc76dc4d7d5bb8f3121e0639099b56eaa974', '46564ee790214f65535eff479f73b943eb0d41d8537495be9aafa0b3239e3c13');
INSERT INTO public.change VALUES (18, 1767369600000000, 'Ola Nowak', 'created', 'record:deal', 1, 1, '', NULL, '{"state":"open","owner":1,"about":"Wedding","value":30000}', '', 'deal:1', 'fdc8c0388fe881c3', '06eb1123cf85e626d45c6acc6b2eeca73bb10b3a03f59481a9b5ebbb4f3da8d5', 'edf7bbd4265c76f1fb1cd8f8026b8017c4d0d1910bcc1bec9fd2549728cd50b5');
INSERT INTO public.change VALUES (19, 1767369600000000, 'Ola Nowak', 'created', 'record:deal', 2, 3, '', NULL, '{"state":"open","owner":2,"about":"Rolls"}', '', 'deal:2', 'a0661970ef3f6df0', 'cf44c879e964d330328df5a2eac6ee86bada0c51ed187e3916252e63f48d3d1f', '63706e9f9a7210afd6b3376b6832923f802a31d627b8bcef684e7c7d709ebd01');
INSERT INTO public.change VALUES (20, 1767369600000000, 'Ola Nowak', 'changed', 'record:deal', 2, 3, 'state', '"open"', '"won"', '', 'deal:2', '148ded7e8a34888d', '4a3f231d853bd410e2dbcf973f70e0559ec046e2af74089d805ddd4a9ea5ccd6', '33d13da187fcb2bbd6946a878c0810c0650daa41543ef6e15725deed99de1e02');
INSERT INTO public.change VALUES (21, 1767369600000000, 'Ola Nowak', 'created', 'segment', 1, 1, '', NULL, '"guests"', '', '019b796d-d600-7226-a46d-66b2df46fd1d', '396cab3b80d27f58', '95f135af1db4e95a6d1a214cbf909e3aa3fb3492e2804423306e75991d9d0c67', '3157a63cdb16d289eb120f0ea1f9f5f7e79ae6f4e523a52b7356f8ced7b14e25');
INSERT INTO public.change VALUES (22, 1767369600000000, 'Ola Nowak', 'created', 'segment', 3, 3, '', NULL, '"guests"', '', '019b796d-d600-7226-a46d-66b4321fdd53', 'df111a3b3df245ad', 'd7920c4c0d0a3238848c27a74ee0b148fc173eb0e3f4e5aefb994849ebb0268d', 'a99f9acbca0c92abfc4355e63cdb31969e3f2156b26bd99b688f56584cbd85b0');
INSERT INTO public.change VALUES (23, 1767369600000000, 'Ola Nowak', 'created', 'exchange_rate', 1, NULL, 'EUR', NULL, '{"rate": "4.25", "base": "PLN", "on": "2026-01-01"}', '', '', 'a90802389a78cdc2', 'b94308b6ad66efca58b935dd6a0a062561b616600696c97ef50b4158e9e409f0', '8f2d53407dad1784ec5219d939dbb24d82548bff9e1b01b673d60c96ec40c34b');
INSERT INTO public.change VALUES (24, 1767369600000000, 'crmkit', 'created', 'customer', 6, 6, '', NULL, '"import:1"', 'import:1', '019b7f6f-ec00-775a-bcf1-76974faf7a20', '9e826bd6f0a890ea', '2026ac47c79b0c4d65d46fcd90b1dcaf0336d98d4c5832e5879986d783e3f10a', '4843971e85a11cdbb9ee3c6fd640903a2b4b66d026dd7f5333f0ca8d211365db');
INSERT INTO public.consent VALUES (1, 1, 'offers', 'email', 'granted', 1767355200000000, 'form', 1, '', 'Ola Nowak');
INSERT INTO public.consent VALUES (2, 3, 'offers', 'email', 'withdrawn', 1767355200000000, '', 1, '', 'Ola Nowak');
INSERT INTO public.contact_point VALUES (1, 1, 'email', '', 'Anna@Example.org', 'anna@example.org', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (2, 1, 'phone', '', '+48 600 100 200', '+48600100200', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (3, 1, 'address', '', 'Piotrkowska 1, Łódź', 'piotrkowska 1 lodz pl', 1, NULL, 'Piotrkowska 1', 'Łódź', NULL, NULL, 'PL');
INSERT INTO public.contact_point VALUES (5, 3, 'email', '', 'family@example.org', 'family@example.org', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (7, 4, 'phone', '', '+34 600 000 001', '+34600000001', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (9, 4, 'email', '', 'family@example.org', 'family@example.org', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.contact_point VALUES (11, 6, 'email', '', 'klara@example.org', 'klara@example.org', 1, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.crmkit_schema_version VALUES ('0001');
INSERT INTO public.customer VALUES (2, '019b796d-d600-7226-a46d-66b35c2b29a0', 1, 'Bäckerei Süß', '', '', 'backerei suss 10043', 'prospect', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1767268800000000, '');
INSERT INTO public.customer VALUES (3, '019b796d-d600-7226-a46d-66b4321fdd53', 0, 'José Peña', '', '', 'jose pena family example org', 'prospect', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1767268800000000, '');
INSERT INTO public.customer VALUES (4, '019b796d-d600-7226-a46d-66b4cda0ebca', 0, 'María Peña', '', '', 'maria pena 34600000001 600000001 family example org 10044', 'prospect', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 2, 1767268800000000, '');
INSERT INTO public.customer VALUES (1, '019b796d-d600-7226-a46d-66b2df46fd1d', 0, 'Anna Żółć', 'Anna', 'Żółć', 'anna zolc anna example org 48600100200 600100200 piotrkowska 1 lodz 10042', 'customer', NULL, 1, 'pl_PL', NULL, NULL, NULL, NULL, 3, 1767268800000000, '');
INSERT INTO public.customer VALUES (5, '019b796d-d600-7226-a46d-66b512592eb5', 0, 'محمد علی', '', '', 'محمد علي', 'prospect', NULL, NULL, 'ur_PK', NULL, NULL, NULL, 1767355200000000, 2, 1767268800000000, '');
INSERT INTO public.customer VALUES (6, '019b7f6f-ec00-775a-bcf1-76974faf7a20', 0, 'Klara Kowal', '', '', 'klara kowal klara example org', 'prospect', NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1, 1767369600000000, 'import:1');
INSERT INTO public.customer_choice VALUES (1, 1, 'allergies', 'nuts');
INSERT INTO public.customer_choice VALUES (2, 1, 'allergies', 'milk');
INSERT INTO public.customer_field VALUES (2, 5, NULL, 'wheat', NULL, NULL);
INSERT INTO public.customer_field VALUES (1, 1, '1980-02-29', 'wheat', 1250, NULL);
INSERT INTO public.customer_tag VALUES (1, 1, 'vip');
INSERT INTO public.employee VALUES (1, '019b796d-d600-7226-a46d-66b19c7826a4', 'Ola Nowak', 'ola nowak', 'ola@example.org', 'administrator', 1, 1767268800000000);
INSERT INTO public.employee VALUES (2, '019b796d-d600-7226-a46d-66b2155d3706', 'Piotr Lis', 'piotr lis', NULL, 'clerk', 1, 1767268800000000);
INSERT INTO public.exchange_rate VALUES (1, 'EUR', 'PLN', '2026-01-01', 425, 2, '');
INSERT INTO public.identity VALUES (1, 1, 'shop', '10042');
INSERT INTO public.identity VALUES (2, 2, 'shop', '10043');
INSERT INTO public.identity VALUES (3, 4, 'shop', '10044');
INSERT INTO public.import_run VALUES (1, 'customers', '/bakery/list.csv', 'd3bea1e24452648c463dc87b6278737f62bc83a2184969ff04e360b054d7ac30', '{"Email": "email", "Name": "name"}', 2, '{"created": 1, "updated": 0, "unchanged": 0, "rejected": 1, "rejects_size": 152}', 'finished', 1767369600000000, 1767369600000000, 'crmkit', '/bakery/list.rejects.csv');
INSERT INTO public.interaction VALUES (1, 1, 'purchase', NULL, NULL, 1, NULL, 1767358800000000, 1767358800000000, 1767358800000000, 1250, 'PLN', '{}', 1, 'till', 'R-0', NULL, NULL, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (5, 3, 'note', NULL, NULL, 1, NULL, 1767369600000000, 1767369600000000, 1767369600000000, NULL, NULL, '{"text":"Likes rye"}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (6, 2, 'complaint', NULL, NULL, 1, NULL, 1767369600000000, 1767369600000000, 1767369600000000, NULL, NULL, '{"subject":"","text":"Late"}', 1, NULL, NULL, NULL, NULL, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (7, 1, 'purchase', NULL, NULL, 1, NULL, 1767362400000000, 1767369600000000, 1767369600000000, 9900, 'PLN', '{}', 1, 'till', NULL, 2, NULL, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (2, 1, 'purchase', NULL, NULL, 1, NULL, 1767362400000000, 1767362400000000, 1767362400000000, 1251, 'PLN', '{}', 1, 'till', 'R-1', NULL, 7, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (8, 1, 'voided', NULL, NULL, 1, NULL, 1767366000000000, 1767369600000000, 1767369600000000, NULL, NULL, '{"reason":"twice"}', 1, NULL, NULL, 3, NULL, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (3, 1, 'purchase', NULL, NULL, 1, NULL, 1767366000000000, 1767366000000000, 1767366000000000, 1252, 'PLN', '{}', 1, 'till', 'R-2', NULL, 8, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (9, 3, 'purchase', NULL, NULL, 1, NULL, 1767369600000000, 1767369600000000, 1767369600000000, 1253, 'PLN', '{}', 1, 'till', NULL, 4, NULL, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (4, 1, 'purchase', NULL, NULL, 1, NULL, 1767369600000000, 1767369600000000, 1767369600000000, 1253, 'PLN', '{}', 1, 'till', 'R-3', NULL, 9, NULL, NULL, 'Ola Nowak');
INSERT INTO public.interaction VALUES (10, 3, 'task.done', NULL, NULL, 1, NULL, 1767369600000000, 1767369600000000, 1767369600000000, NULL, NULL, '{"title":"Send offer"}', 1, 'operational.task', '2', NULL, NULL, NULL, NULL, 'Ola Nowak');
INSERT INTO public.observer VALUES (2, 'operational', 'after_interactions_recorded', 10, 0, NULL, NULL, NULL);
INSERT INTO public.observer VALUES (1, 'operational', 'after_customers_changed', 24, 0, NULL, NULL, NULL);
INSERT INTO public.operational_schema_version VALUES ('operational_0001');
INSERT INTO public.operational_task VALUES (1, 1, 'Call about the cake', '2026-02-01', 1, 1767369600000000, NULL, NULL);
INSERT INTO public.operational_task VALUES (2, 3, 'Send offer', NULL, 1, 1767369600000000, 1767369600000000, NULL);
INSERT INTO public.ownership VALUES ('employee', 'core', '{"table": "employee", "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "uid", "name", "fold", "email", "role", "active", "created_at"]}');
INSERT INTO public.ownership VALUES ('team', 'core', '{"table": "team", "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "name", "parent_id"]}');
INSERT INTO public.ownership VALUES ('team_member', 'core', '{"table": "team_member", "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "team_id", "employee_id"]}');
INSERT INTO public.ownership VALUES ('customer', 'core', '{"table": "customer", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": ["given_name", "family_name", "customer_type", "owner_id", "locale", "timezone"]}, "links": {}, "personal": {"name": {"of": null, "blank": ""}, "given_name": {"of": null, "blank": ""}, "family_name": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "locale": {"of": null, "blank": null}, "timezone": {"of": null, "blank": null}, "preferred_channel": {"of": null, "blank": null}, "preferred_time": {"of": null, "blank": null}}, "columns": ["id", "uid", "is_organization", "name", "given_name", "family_name", "fold", "lifecycle", "customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at", "version", "created_at", "source"]}');
INSERT INTO public.ownership VALUES ('contact_point', 'core', '{"table": "contact_point", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}, "normalised": {"of": null, "blank": null}, "street": {"of": null, "blank": null}, "city": {"of": null, "blank": null}, "postcode": {"of": null, "blank": null}, "region": {"of": null, "blank": null}, "country": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "kind", "label", "value", "normalised", "is_primary", "verified_at", "street", "city", "postcode", "region", "country"]}');
INSERT INTO public.ownership VALUES ('identity', 'core', '{"table": "identity", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "scheme", "value"]}');
INSERT INTO public.ownership VALUES ('relationship', 'core', '{"table": "relationship", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": "drop", "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}, "other_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "columns": ["id", "customer_id", "other_id", "kind", "since", "until"]}');
INSERT INTO public.ownership VALUES ('preference', 'core', '{"table": "preference", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"topic": {"of": null, "blank": null}, "value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "topic", "value", "origin", "source", "at"]}');
INSERT INTO public.ownership VALUES ('customer_tag', 'core', '{"table": "customer_tag", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"tag": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "tag"]}');
INSERT INTO public.ownership VALUES ('consent', 'core', '{"table": "consent", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"source": {"of": null, "blank": null}, "evidence": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "purpose", "channel", "state", "at", "source", "wording_version", "evidence", "actor"]}');
INSERT INTO public.ownership VALUES ('interaction', 'core', '{"table": "interaction", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"payload": {"of": null, "blank": "{}"}, "source_ref": {"of": null, "blank": null}}, "columns": ["seq", "customer_id", "type", "channel", "direction", "employee_id", "outlet", "occurred_at", "recorded_at", "known_at", "amount", "currency", "payload", "payload_version", "source", "source_ref", "corrects", "superseded_by", "identity_id", "contact_point_id", "actor"]}');
INSERT INTO public.ownership VALUES ('change', 'core', '{"table": "change", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"old": {"of": null, "blank": null}, "new": {"of": null, "blank": null}, "salt": {"of": null, "blank": null}}, "columns": ["seq", "at", "actor", "action", "entity", "entity_id", "customer_id", "field", "old", "new", "source", "origin", "salt", "digest", "hash"]}');
INSERT INTO public.ownership VALUES ('segment_stay', 'core', '{"table": "segment_stay", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "columns": ["id", "segment", "customer_id", "entered_at", "left_at"]}');
INSERT INTO public.ownership VALUES ('trait_value', 'core', '{"table": "trait_value", "ownership": {"conflict": {"keep": "newest:computed_at", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"number": {"of": null, "blank": null}, "text": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "trait", "number", "text", "computed_at"]}');
INSERT INTO public.ownership VALUES ('setting', 'core', '{"table": "setting", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["key", "value"]}');
INSERT INTO public.ownership VALUES ('plugin', 'core', '{"table": "plugin", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["name", "version", "deciders", "restricts", "tables", "words", "loaded_at"]}');
INSERT INTO public.ownership VALUES ('observer', 'core', '{"table": "observer", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "plugin", "hook", "position", "failures", "retry_at", "quarantined_at", "error"]}');
INSERT INTO public.ownership VALUES ('exchange_rate', 'core', '{"table": "exchange_rate", "ownership": {"conflict": null, "self_link": null, "impersonal": "what currencies are worth", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "currency", "base", "valid_from", "mantissa", "exponent", "source"]}');
INSERT INTO public.ownership VALUES ('ownership', 'core', '{"table": "ownership", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["table_name", "plugin", "contract"]}');
INSERT INTO public.ownership VALUES ('job', 'core', '{"table": "job", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["name", "due_at", "lease_until", "lease_token", "failures", "error", "finished_at"]}');
INSERT INTO public.ownership VALUES ('import_run', 'core', '{"table": "import_run", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "kind", "file", "digest", "mapping", "position", "counts", "state", "started_at", "finished_at", "actor", "rejects_file"]}');
INSERT INTO public.ownership VALUES ('review', 'core', '{"table": "review", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"item": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "kind", "source", "item", "candidates", "created_at", "settled_at"]}');
INSERT INTO public.ownership VALUES ('customer_field', 'core', '{"table": "customer_field", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"birthday": {"of": null, "blank": null}, "bread": {"of": null, "blank": null}, "budget": {"of": null, "blank": null}, "lead_source": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "birthday", "bread", "budget", "lead_source"]}');
INSERT INTO public.ownership VALUES ('customer_choice', 'core', '{"table": "customer_choice", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "field", "value"]}');
INSERT INTO public.ownership VALUES ('operational_task', 'operational', '{"table": "operational_task", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "title", "due", "employee_id", "created_at", "done_at", "because_of"]}');
INSERT INTO public.ownership VALUES ('record_deal', 'core', '{"table": "record_deal", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "about": {"of": null, "blank": null}, "value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "about", "value"]}');
INSERT INTO public.plugin VALUES ('operational', '0.1.0', '[]', 0, '["operational_task", "operational_schema_version"]', '[["fields", "lead_source"], ["interaction_types", "task.done"]]', 1795324384600577);
INSERT INTO public.plugin VALUES ('email', '0.1.0', '["before_customers_saved"]', 0, '[]', '[["channels", "email"]]', 1795324384600577);
INSERT INTO public.preference VALUES (1, 1, 'coffee', 'black', 'stated', '', 1767268800000000);
INSERT INTO public.record_deal VALUES (1, 1, 1, 'open', 'Wedding', 'wedding', 1, 1767369600000000, 1767369600000000, NULL, 'Wedding', 30000);
INSERT INTO public.record_deal VALUES (2, 3, 2, 'won', 'Rolls', 'rolls', 2, 1767369600000000, 1767369600000000, NULL, 'Rolls', NULL);
INSERT INTO public.relationship VALUES (1, 1, 2, 'works_at', '2020-01-01', NULL);
INSERT INTO public.review VALUES (1, 3, 'match', '', '{"contact_points":[{"city":null,"country":null,"id":null,"is_primary":false,"kind":"email","label":"","normalised":"","postcode":null,"region":null,"street":null,"value":"family@example.org","verified_at":null}],"customer_type":null,"family_name":null,"fields":{},"given_name":null,"id":null,"identities":[],"is_organization":null,"lifecycle":null,"locale":null,"name":"Somebody Peña","owner_id":null,"preferences":[],"preferred_channel":null,"preferred_time":null,"source":"","tags":[],"timezone":null,"version":null}', '[3,4]', 1767268800000000, NULL);
INSERT INTO public.segment_stay VALUES (1, 'guests', 1, 1767369600000000, NULL);
INSERT INTO public.segment_stay VALUES (2, 'guests', 3, 1767369600000000, NULL);
INSERT INTO public.segment_stay VALUES (3, 'buyers', 1, 1767369600000000, NULL);
INSERT INTO public.segment_stay VALUES (4, 'buyers', 3, 1767369600000000, NULL);
INSERT INTO public.setting VALUES ('fields', '{"allergies": {"name": "allergies", "type": "multi-choice", "decimals": 0, "choices": ["nuts", "gluten", "milk"], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "birthday": {"name": "birthday", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "bread": {"name": "bread", "type": "choice", "decimals": 0, "choices": ["rye", "wheat"], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "budget": {"name": "budget", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "lead_source": {"name": "lead_source", "type": "choice", "decimals": 0, "choices": ["referral", "web", "walk-in", "campaign", "event", "partner", "other"], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}}');
INSERT INTO public.setting VALUES ('record_types', '{"deal": {"name": "deal", "table": "record_deal", "owner": "crm.toml", "states": ["open", "won"], "fields": {"about": {"name": "about", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "value": {"name": "value", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}}, "removed": false}}');
INSERT INTO public.team VALUES (1, 'shop', NULL);
INSERT INTO public.team_member VALUES (1, 1, 1);
SELECT pg_catalog.setval('public.change_seq_seq', 24, true);
SELECT pg_catalog.setval('public.consent_id_seq', 2, true);
SELECT pg_catalog.setval('public.contact_point_id_seq', 14, true);
SELECT pg_catalog.setval('public.customer_choice_id_seq', 2, true);
SELECT pg_catalog.setval('public.customer_field_id_seq', 2, true);
SELECT pg_catalog.setval('public.customer_id_seq', 7, true);
SELECT pg_catalog.setval('public.customer_tag_id_seq', 2, true);
SELECT pg_catalog.setval('public.employee_id_seq', 2, true);
SELECT pg_catalog.setval('public.exchange_rate_id_seq', 1, true);
SELECT pg_catalog.setval('public.identity_id_seq', 3, true);
SELECT pg_catalog.setval('public.import_run_id_seq', 1, true);
SELECT pg_catalog.setval('public.interaction_seq_seq', 10, true);
SELECT pg_catalog.setval('public.observer_id_seq', 2, true);
SELECT pg_catalog.setval('public.operational_task_id_seq', 2, true);
SELECT pg_catalog.setval('public.preference_id_seq', 1, true);
SELECT pg_catalog.setval('public.record_deal_id_seq', 2, true);
SELECT pg_catalog.setval('public.relationship_id_seq', 1, true);
SELECT pg_catalog.setval('public.review_id_seq', 1, true);
SELECT pg_catalog.setval('public.segment_stay_id_seq', 4, true);
SELECT pg_catalog.setval('public.team_id_seq', 1, true);
SELECT pg_catalog.setval('public.team_member_id_seq', 1, true);
SELECT pg_catalog.setval('public.trait_value_id_seq', 1, false);
ALTER TABLE ONLY public.crmkit_schema_version
    ADD CONSTRAINT crmkit_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.operational_schema_version
    ADD CONSTRAINT operational_schema_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT pk_change PRIMARY KEY (seq);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT pk_consent PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_point
    ADD CONSTRAINT pk_contact_point PRIMARY KEY (id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT pk_customer PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_choice
    ADD CONSTRAINT pk_customer_choice PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_field
    ADD CONSTRAINT pk_customer_field PRIMARY KEY (id);
ALTER TABLE ONLY public.customer_tag
    ADD CONSTRAINT pk_customer_tag PRIMARY KEY (id);
ALTER TABLE ONLY public.employee
    ADD CONSTRAINT pk_employee PRIMARY KEY (id);
ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT pk_exchange_rate PRIMARY KEY (id);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT pk_identity PRIMARY KEY (id);
ALTER TABLE ONLY public.import_run
    ADD CONSTRAINT pk_import_run PRIMARY KEY (id);
ALTER TABLE ONLY public.interaction
    ADD CONSTRAINT pk_interaction PRIMARY KEY (seq);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT pk_job PRIMARY KEY (name);
ALTER TABLE ONLY public.observer
    ADD CONSTRAINT pk_observer PRIMARY KEY (id);
ALTER TABLE ONLY public.operational_task
    ADD CONSTRAINT pk_operational_task PRIMARY KEY (id);
ALTER TABLE ONLY public.ownership
    ADD CONSTRAINT pk_ownership PRIMARY KEY (table_name);
ALTER TABLE ONLY public.plugin
    ADD CONSTRAINT pk_plugin PRIMARY KEY (name);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT pk_preference PRIMARY KEY (id);
ALTER TABLE ONLY public.record_deal
    ADD CONSTRAINT pk_record_deal PRIMARY KEY (id);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT pk_relationship PRIMARY KEY (id);
ALTER TABLE ONLY public.review
    ADD CONSTRAINT pk_review PRIMARY KEY (id);
ALTER TABLE ONLY public.segment_stay
    ADD CONSTRAINT pk_segment_stay PRIMARY KEY (id);
ALTER TABLE ONLY public.setting
    ADD CONSTRAINT pk_setting PRIMARY KEY (key);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT pk_team PRIMARY KEY (id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT pk_team_member PRIMARY KEY (id);
ALTER TABLE ONLY public.trait_value
    ADD CONSTRAINT pk_trait_value PRIMARY KEY (id);
ALTER TABLE ONLY public.contact_point
    ADD CONSTRAINT uq_contact_point_customer_id_kind_normalised UNIQUE (customer_id, kind, normalised);
ALTER TABLE ONLY public.customer_choice
    ADD CONSTRAINT uq_customer_choice_customer_id_field_value UNIQUE (customer_id, field, value);
ALTER TABLE ONLY public.customer_field
    ADD CONSTRAINT uq_customer_field_customer_id UNIQUE (customer_id);
ALTER TABLE ONLY public.customer_tag
    ADD CONSTRAINT uq_customer_tag_tag_customer_id UNIQUE (tag, customer_id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT uq_customer_uid UNIQUE (uid);
ALTER TABLE ONLY public.employee
    ADD CONSTRAINT uq_employee_email UNIQUE (email);
ALTER TABLE ONLY public.employee
    ADD CONSTRAINT uq_employee_uid UNIQUE (uid);
ALTER TABLE ONLY public.exchange_rate
    ADD CONSTRAINT uq_exchange_rate_currency_base_valid_from UNIQUE (currency, base, valid_from);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT uq_identity_scheme_value UNIQUE (scheme, value);
ALTER TABLE ONLY public.observer
    ADD CONSTRAINT uq_observer_plugin_hook UNIQUE (plugin, hook);
ALTER TABLE ONLY public.operational_task
    ADD CONSTRAINT uq_operational_task_because_of UNIQUE (because_of);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT uq_preference_customer_id_topic_value UNIQUE (customer_id, topic, value);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT uq_relationship_customer_id_other_id_kind UNIQUE (customer_id, other_id, kind);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT uq_team_member_team_id_employee_id UNIQUE (team_id, employee_id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT uq_team_name UNIQUE (name);
ALTER TABLE ONLY public.trait_value
    ADD CONSTRAINT uq_trait_value_trait_customer_id UNIQUE (trait, customer_id);
CREATE INDEX ix_change_customer ON public.change USING btree (customer_id, seq);
CREATE INDEX ix_consent_customer_id ON public.consent USING btree (customer_id);
CREATE INDEX ix_contact_point_normalised_kind ON public.contact_point USING btree (normalised, kind);
CREATE INDEX ix_customer_choice_field_value ON public.customer_choice USING btree (field, value);
CREATE INDEX ix_customer_owner_id ON public.customer USING btree (owner_id);
CREATE INDEX ix_customer_search ON public.customer USING gin (to_tsvector('simple'::regconfig, fold));
CREATE INDEX ix_customer_tag_customer_id ON public.customer_tag USING btree (customer_id);
CREATE INDEX ix_identity_customer_id ON public.identity USING btree (customer_id);
CREATE INDEX ix_interaction_corrects ON public.interaction USING btree (corrects, known_at) WHERE (corrects IS NOT NULL);
CREATE INDEX ix_interaction_currency ON public.interaction USING btree (currency);
CREATE INDEX ix_interaction_customer_time ON public.interaction USING btree (customer_id, occurred_at);
CREATE INDEX ix_interaction_type_customer_time_amount ON public.interaction USING btree (type, customer_id, occurred_at, amount, known_at, superseded_by);
CREATE INDEX ix_operational_task_customer_id ON public.operational_task USING btree (customer_id);
CREATE INDEX ix_operational_task_due ON public.operational_task USING btree (due);
CREATE INDEX ix_ownership_plugin ON public.ownership USING btree (plugin);
CREATE INDEX ix_record_deal_customer_id ON public.record_deal USING btree (customer_id);
CREATE INDEX ix_record_deal_employee_id ON public.record_deal USING btree (employee_id);
CREATE INDEX ix_record_deal_state_id ON public.record_deal USING btree (state, id);
CREATE INDEX ix_relationship_other_id ON public.relationship USING btree (other_id);
CREATE INDEX ix_review_customer_id ON public.review USING btree (customer_id);
CREATE INDEX ix_segment_stay_customer_id ON public.segment_stay USING btree (customer_id);
CREATE INDEX ix_segment_stay_segment_entered_at ON public.segment_stay USING btree (segment, entered_at);
CREATE INDEX ix_team_member_employee_id ON public.team_member USING btree (employee_id);
CREATE INDEX ix_trait_value_customer_id ON public.trait_value USING btree (customer_id);
CREATE UNIQUE INDEX uq_interaction_source_ref ON public.interaction USING btree (source, source_ref) WHERE (source_ref IS NOT NULL);
CREATE UNIQUE INDEX uq_segment_stay_open ON public.segment_stay USING btree (segment, customer_id) WHERE (left_at IS NULL);
ALTER TABLE ONLY public.change
    ADD CONSTRAINT fk_change_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.consent
    ADD CONSTRAINT fk_consent_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.contact_point
    ADD CONSTRAINT fk_contact_point_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.customer_choice
    ADD CONSTRAINT fk_customer_choice_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.customer_field
    ADD CONSTRAINT fk_customer_field_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.customer
    ADD CONSTRAINT fk_customer_owner_id FOREIGN KEY (owner_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.customer_tag
    ADD CONSTRAINT fk_customer_tag_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.identity
    ADD CONSTRAINT fk_identity_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.interaction
    ADD CONSTRAINT fk_interaction_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.interaction
    ADD CONSTRAINT fk_interaction_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.operational_task
    ADD CONSTRAINT fk_operational_task_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.operational_task
    ADD CONSTRAINT fk_operational_task_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.preference
    ADD CONSTRAINT fk_preference_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.record_deal
    ADD CONSTRAINT fk_record_deal_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.record_deal
    ADD CONSTRAINT fk_record_deal_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT fk_relationship_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.relationship
    ADD CONSTRAINT fk_relationship_other_id FOREIGN KEY (other_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.review
    ADD CONSTRAINT fk_review_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.segment_stay
    ADD CONSTRAINT fk_segment_stay_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT fk_team_member_employee_id FOREIGN KEY (employee_id) REFERENCES public.employee(id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT fk_team_member_team_id FOREIGN KEY (team_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.team
    ADD CONSTRAINT fk_team_parent_id FOREIGN KEY (parent_id) REFERENCES public.team(id);
ALTER TABLE ONLY public.trait_value
    ADD CONSTRAINT fk_trait_value_customer_id FOREIGN KEY (customer_id) REFERENCES public.customer(id);
