-- A small business as crmkit's first schema kept it: the text of an SQLite database.
BEGIN TRANSACTION;
CREATE TABLE change (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	entity_id BIGINT NOT NULL, 
	customer_id BIGINT, 
	field TEXT NOT NULL, 
	old TEXT, 
	new TEXT, 
	source TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	salt TEXT, 
	digest TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	CONSTRAINT fk_change_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO "change" VALUES(1,1767268800000000,'crmkit','created','employee',1,NULL,'',NULL,'{"name": "Ola Nowak", "email": "ola@example.org", "role": "administrator"}','','019b796d-d600-7226-a46d-66b19c7826a4','d1c427103c344c41','d447d614df9bbc0cdb73c9e617bf1599be29d52ae52fc91788c1ce88e06178d4','3b339c06529788c517b43e2f873c7770fa3628a2e952645777078b451f6279b0');
INSERT INTO "change" VALUES(2,1767268800000000,'crmkit','created','team',1,NULL,'',NULL,'"shop"','','shop','89eb2f1e7bd5d47e','f39dfd10ecf6d19078bdcfc7d0d9586cd02ca240f01fb3693469c4efd6ba21f8','ec5ef8a2520778f21e155dbe7549a6d54c709e53a25e39c0b4498d9f2395140f');
INSERT INTO "change" VALUES(3,1767268800000000,'crmkit','changed','employee',1,NULL,'team',NULL,'"shop"','','019b796d-d600-7226-a46d-66b19c7826a4','446fcec2a3d81173','9f600be33164abbb23a11833d0579244fda3c88fcd6fabdf2b501272b2390040','99110d746cae74ec43de3ba265a89405571736cd7f72bb768e463ca0c0a0ad61');
INSERT INTO "change" VALUES(4,1767268800000000,'crmkit','created','employee',2,NULL,'',NULL,'{"name": "Piotr Lis", "email": null, "role": "clerk"}','','019b796d-d600-7226-a46d-66b2155d3706','1bcccea696762e61','65ab6c94ea970ecd65ff3db47e2fb43e17fd8f83ad4545332882cd4ab0ab9003','36435c3b91b0895d03af7cbf0f0db9cfed04fa7ce55a14b80d453cd53a882ea3');
INSERT INTO "change" VALUES(5,1767268800000000,'Ola Nowak','created','customer',1,1,'',NULL,'""','','019b796d-d600-7226-a46d-66b2df46fd1d','2d99bf358c2e0718','6dc898af2b0229fe3dca6a94c64c7cf6f1c793439dc2586be4e99885e3aac2fc','051c341995c1ffdc3473325d3e24ed7b89c7ca0303fb10a91109c2aeaac58a11');
INSERT INTO "change" VALUES(6,1767268800000000,'Ola Nowak','created','customer',2,2,'',NULL,'""','','019b796d-d600-7226-a46d-66b35c2b29a0','a8c74107e66cb0e4','45c1ddcac29edfaf83f4ac129073036ffcc07a2e4ae28224fde2446ae9cb0580','a87d49a4fac697b4493c8a2f04ee1ba5f5f860ba44d4fe746ec3ef34bd866d47');
INSERT INTO "change" VALUES(7,1767268800000000,'Ola Nowak','created','customer',3,3,'',NULL,'""','','019b796d-d600-7226-a46d-66b4321fdd53','8d82ca6386d2c96e','00650832edbca27e515b19908d00b93526545be0919bad828c8e5fe584dae3ff','97100a1dcb827cabc9bee41137ba4ef9c083a3d09058149393da2bcbb855df73');
INSERT INTO "change" VALUES(8,1767268800000000,'Ola Nowak','created','customer',4,4,'',NULL,'""','','019b796d-d600-7226-a46d-66b4cda0ebca','85c924c3597164c4','6d828addb5a1525cb041bbb1527a0427b0aae3d32539ab37578602205523bcf1','3e10c0389b1b8a29438268eae2e610311160c795f6693c7baf82fe178b3335f1');
INSERT INTO "change" VALUES(9,1767268800000000,'Ola Nowak','created','contact_point',6,4,'email',NULL,'"family@example.org"','','019b796d-d600-7226-a46d-66b4cda0ebca','581a22b22de50472','41aff2d9eb96d851cd0356da514a0ea568313a1916a0d3d450bd0094c3d8b619','46b4ef55d304b6d7df27149df62c93f0f1623cbd186d56a8de9bafc176926700');
INSERT INTO "change" VALUES(10,1767268800000000,'Ola Nowak','created','customer',5,5,'',NULL,'""','','019b796d-d600-7226-a46d-66b512592eb5','fed8b6b8357e44cd','8930cf1cabbd10a0d3606242429c836acd5b86fa7c29646b9bf21a3845f3407e','87ba6e44a5e61cf8fde27986a78fe6be64f0ce84072eb2b1b5fcc9464cd5ce7e');
INSERT INTO "change" VALUES(11,1767355200000000,'Ola Nowak','created','relationship',1,1,'works_at',NULL,'2','','019b796d-d600-7226-a46d-66b2df46fd1d','c1d45597a242fdf1','a1dfaa2bcdbdd380c030a17f1e6fc9c7ab2a24db4b907a1b7415380b615f3eaa','ed732de3b79d8f116313c94c375796362c527c1a5960024debb42815dce6e7e8');
INSERT INTO "change" VALUES(12,1767355200000000,'Ola Nowak','changed','customer',1,1,'lifecycle','"lead"','"customer"','','019b796d-d600-7226-a46d-66b2df46fd1d','b99e8306dda748a6','6a66774a18506fe8d0782211b6b46cca0bac318174024089fd5656fcd4f3e1f9','95fc277a57c17066c1e5a94c3d1c93b219812baf5957d5da2ca797539acf5699');
INSERT INTO "change" VALUES(13,1767355200000000,'Ola Nowak','changed','field',1,1,'bread','"rye"','"wheat"','','019b796d-d600-7226-a46d-66b2df46fd1d','1e029a8a3f415b02','15f5971f55e2a5d4cdc14d305a2d005e0b1468e11bb90af720f24cadc40a12c5','27a7cb5315e3e2ec1da08241d13cc119394454dc5c2001a1969bc63013c2088d');
INSERT INTO "change" VALUES(14,1767355200000000,'Ola Nowak','removed','tag',2,1,'','"bread"',NULL,'','019b796d-d600-7226-a46d-66b2df46fd1d','d98a98e1cf999661','f64a6a4f88e9523b41cb6075a103d7c2c38a0bc3127582f7cff59a38c2c41ea6','92fd1133cbb4a4a5bcd4f3acdfec54394be4c0366711eedfd0d3dc5662cb1345');
INSERT INTO "change" VALUES(15,1767355200000000,'Ola Nowak','changed','customer',5,5,'archived_at',NULL,'1767355200000000','','019b796d-d600-7226-a46d-66b512592eb5','df0e7337420c13f8','dfee330f0af9fcd703bf820e86174d0086dc6f0c79a6ab6b63cedf1077e1ec65','30e91ffc8882f543cd827eb89bffe88d74e009eadf64df6586ba3b9277235d5c');
INSERT INTO "change" VALUES(16,1767355200000000,'Ola Nowak','created','consent',1,1,'offers',NULL,'{"purpose":"offers","channel":"email","state":"granted"}','form','019b796d-d600-7226-a46d-66b2df46fd1d','f5d40f6ce079d1b9','301de54d7f9220c3bf7e52e0a437f33d7e745ef18e5f89907f40ab0a4842554f','5994c05b07478832d089872b03ec0ef727a3cc00f54002203602df321d6b8c70');
INSERT INTO "change" VALUES(17,1767355200000000,'Ola Nowak','created','consent',2,3,'offers',NULL,'{"purpose":"offers","channel":"email","state":"withdrawn"}','','019b796d-d600-7226-a46d-66b4321fdd53','87376f07bcb81287','c477c9907aabc742cfcf04153fc0dc76dc4d7d5bb8f3121e0639099b56eaa974','5d100e4e0d427c7de38aedffc88797bc66660be1cdd9be1ff8a462e61fb236e1');
INSERT INTO "change" VALUES(18,1767369600000000,'Ola Nowak','created','record:deal',1,1,'',NULL,'{"state":"open","owner":1,"about":"Wedding","value":30000}','','deal:1','fdc8c0388fe881c3','06eb1123cf85e626d45c6acc6b2eeca73bb10b3a03f59481a9b5ebbb4f3da8d5','c18f39c715ca9fab8c0ee5b8a71ba1f147bf56e17103774ff3a4b3933b0fd626');
INSERT INTO "change" VALUES(19,1767369600000000,'Ola Nowak','created','record:deal',2,3,'',NULL,'{"state":"open","owner":2,"about":"Rolls"}','','deal:2','a0661970ef3f6df0','cf44c879e964d330328df5a2eac6ee86bada0c51ed187e3916252e63f48d3d1f','8a4cd92a458f68855c1189c4ea5641ce9ba85848f632f1846f6925c6229b0537');
INSERT INTO "change" VALUES(20,1767369600000000,'Ola Nowak','changed','record:deal',2,3,'state','"open"','"won"','','deal:2','148ded7e8a34888d','4a3f231d853bd410e2dbcf973f70e0559ec046e2af74089d805ddd4a9ea5ccd6','71bcbaffa94b60dcfda37a62d6a3604a66f2efe45a2eba4076be7ff1e0bd0e94');
INSERT INTO "change" VALUES(21,1767369600000000,'Ola Nowak','created','segment',1,1,'',NULL,'"guests"','','019b796d-d600-7226-a46d-66b2df46fd1d','396cab3b80d27f58','95f135af1db4e95a6d1a214cbf909e3aa3fb3492e2804423306e75991d9d0c67','e443ae01a3ce0372f19601278acf5490a90a4fc7ec67589c5d7e4f9ebb9b840b');
INSERT INTO "change" VALUES(22,1767369600000000,'Ola Nowak','created','segment',3,3,'',NULL,'"guests"','','019b796d-d600-7226-a46d-66b4321fdd53','df111a3b3df245ad','d7920c4c0d0a3238848c27a74ee0b148fc173eb0e3f4e5aefb994849ebb0268d','b49b5c1fb41f78a511a6ef0cd8172296e4cc6741af87601290a654f3bb9e7635');
INSERT INTO "change" VALUES(23,1767369600000000,'Ola Nowak','created','exchange_rate',1,NULL,'EUR',NULL,'{"rate": "4.25", "base": "PLN", "on": "2026-01-01"}','','','a90802389a78cdc2','b94308b6ad66efca58b935dd6a0a062561b616600696c97ef50b4158e9e409f0','3713fe9e3f7918f3a8cbebb5005cb19e3af73241755eb6f41e6850312f5dd82e');
INSERT INTO "change" VALUES(24,1767369600000000,'crmkit','created','customer',6,6,'',NULL,'"import:1"','import:1','019b7f6f-ec00-775a-bcf1-76974faf7a20','9e826bd6f0a890ea','2026ac47c79b0c4d65d46fcd90b1dcaf0336d98d4c5832e5879986d783e3f10a','660f059f4b3d6f2a186f12f35ef241f04b494839408c6cb4802da54cd0eeddc7');
CREATE TABLE consent (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	purpose TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	state TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	wording_version BIGINT, 
	evidence TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	CONSTRAINT fk_consent_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO "consent" VALUES(1,1,'offers','email','granted',1767355200000000,'form',1,'','Ola Nowak');
INSERT INTO "consent" VALUES(2,3,'offers','email','withdrawn',1767355200000000,'',1,'','Ola Nowak');
CREATE TABLE contact_point (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	label TEXT NOT NULL, 
	value TEXT NOT NULL, 
	normalised TEXT NOT NULL, 
	is_primary BIGINT NOT NULL, 
	verified_at BIGINT, 
	street TEXT, 
	city TEXT, 
	postcode TEXT, 
	region TEXT, 
	country TEXT, 
	CONSTRAINT pk_contact_point PRIMARY KEY (id), 
	CONSTRAINT fk_contact_point_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_contact_point_customer_id_kind_normalised UNIQUE (customer_id, kind, normalised)
);
INSERT INTO "contact_point" VALUES(1,1,'email','','Anna@Example.org','anna@example.org',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "contact_point" VALUES(2,1,'phone','','+48 600 100 200','+48600100200',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "contact_point" VALUES(3,1,'address','','Piotrkowska 1, Łódź','piotrkowska 1 lodz pl',1,NULL,'Piotrkowska 1','Łódź',NULL,NULL,'PL');
INSERT INTO "contact_point" VALUES(4,3,'email','','family@example.org','family@example.org',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "contact_point" VALUES(5,4,'phone','','+34 600 000 001','+34600000001',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "contact_point" VALUES(6,4,'email','','family@example.org','family@example.org',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "contact_point" VALUES(7,6,'email','','klara@example.org','klara@example.org',1,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE crmkit_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT crmkit_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "crmkit_schema_version" VALUES('0001');
CREATE TABLE customer (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid TEXT NOT NULL, 
	is_organization BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	given_name TEXT NOT NULL, 
	family_name TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	lifecycle TEXT NOT NULL, 
	customer_type TEXT, 
	owner_id BIGINT, 
	locale TEXT, 
	timezone TEXT, 
	preferred_channel TEXT, 
	preferred_time TEXT, 
	archived_at BIGINT, 
	version BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	CONSTRAINT fk_customer_owner_id FOREIGN KEY(owner_id) REFERENCES employee (id), 
	CONSTRAINT uq_customer_uid UNIQUE (uid)
);
INSERT INTO "customer" VALUES(1,'019b796d-d600-7226-a46d-66b2df46fd1d',0,'Anna Żółć','Anna','Żółć','anna zolc anna example org 48600100200 600100200 piotrkowska 1 lodz 10042','customer',NULL,1,'pl_PL',NULL,NULL,NULL,NULL,3,1767268800000000,'');
INSERT INTO "customer" VALUES(2,'019b796d-d600-7226-a46d-66b35c2b29a0',1,'Bäckerei Süß','','','backerei suss 10043','prospect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,1767268800000000,'');
INSERT INTO "customer" VALUES(3,'019b796d-d600-7226-a46d-66b4321fdd53',0,'José Peña','','','jose pena family example org','prospect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,1767268800000000,'');
INSERT INTO "customer" VALUES(4,'019b796d-d600-7226-a46d-66b4cda0ebca',0,'María Peña','','','maria pena 34600000001 600000001 family example org 10044','prospect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,2,1767268800000000,'');
INSERT INTO "customer" VALUES(5,'019b796d-d600-7226-a46d-66b512592eb5',0,'محمد علی','','','محمد علي','prospect',NULL,NULL,'ur_PK',NULL,NULL,NULL,1767355200000000,2,1767268800000000,'');
INSERT INTO "customer" VALUES(6,'019b7f6f-ec00-775a-bcf1-76974faf7a20',0,'Klara Kowal','','','klara kowal klara example org','prospect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,1767369600000000,'import:1');
CREATE TABLE customer_choice (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_customer_choice PRIMARY KEY (id), 
	CONSTRAINT fk_customer_choice_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_customer_choice_customer_id_field_value UNIQUE (customer_id, field, value)
);
INSERT INTO "customer_choice" VALUES(1,1,'allergies','nuts');
INSERT INTO "customer_choice" VALUES(2,1,'allergies','milk');
CREATE TABLE customer_field (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, birthday TEXT, bread TEXT, budget BIGINT, lead_source TEXT, 
	CONSTRAINT pk_customer_field PRIMARY KEY (id), 
	CONSTRAINT fk_customer_field_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_customer_field_customer_id UNIQUE (customer_id)
);
INSERT INTO "customer_field" VALUES(1,1,'1980-02-29','wheat',1250,NULL);
INSERT INTO "customer_field" VALUES(2,5,NULL,'wheat',NULL,NULL);
CREATE TABLE customer_tag (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	tag TEXT NOT NULL, 
	CONSTRAINT pk_customer_tag PRIMARY KEY (id), 
	CONSTRAINT fk_customer_tag_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_customer_tag_tag_customer_id UNIQUE (tag, customer_id)
);
INSERT INTO "customer_tag" VALUES(1,1,'vip');
CREATE TABLE employee (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid TEXT NOT NULL, 
	name TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	email TEXT, 
	role TEXT NOT NULL, 
	active BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT uq_employee_email UNIQUE (email), 
	CONSTRAINT uq_employee_uid UNIQUE (uid)
);
INSERT INTO "employee" VALUES(1,'019b796d-d600-7226-a46d-66b19c7826a4','Ola Nowak','ola nowak','ola@example.org','administrator',1,1767268800000000);
INSERT INTO "employee" VALUES(2,'019b796d-d600-7226-a46d-66b2155d3706','Piotr Lis','piotr lis',NULL,'clerk',1,1767268800000000);
CREATE TABLE exchange_rate (
	id INTEGER NOT NULL, 
	currency TEXT NOT NULL, 
	base TEXT NOT NULL, 
	valid_from TEXT NOT NULL, 
	mantissa BIGINT NOT NULL, 
	exponent BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	CONSTRAINT pk_exchange_rate PRIMARY KEY (id), 
	CONSTRAINT uq_exchange_rate_currency_base_valid_from UNIQUE (currency, base, valid_from)
);
INSERT INTO "exchange_rate" VALUES(1,'EUR','PLN','2026-01-01',425,2,'');
CREATE TABLE identity (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	scheme TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id), 
	CONSTRAINT fk_identity_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_identity_scheme_value UNIQUE (scheme, value)
);
INSERT INTO "identity" VALUES(1,1,'shop','10042');
INSERT INTO "identity" VALUES(2,2,'shop','10043');
INSERT INTO "identity" VALUES(3,4,'shop','10044');
CREATE TABLE import_run (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	file TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	mapping TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	counts TEXT NOT NULL, 
	state TEXT NOT NULL, 
	started_at BIGINT NOT NULL, 
	finished_at BIGINT, 
	actor TEXT NOT NULL, 
	rejects_file TEXT
);
INSERT INTO "import_run" VALUES(1,'customers','/bakery/list.csv','d3bea1e24452648c463dc87b6278737f62bc83a2184969ff04e360b054d7ac30','{"Email": "email", "Name": "name"}',2,'{"created": 1, "updated": 0, "unchanged": 0, "rejected": 1, "rejects_size": 152}','finished',1767369600000000,1767369600000000,'crmkit','/bakery/list.rejects.csv');
CREATE TABLE interaction (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT, 
	type TEXT NOT NULL, 
	channel TEXT, 
	direction TEXT, 
	employee_id BIGINT, 
	outlet TEXT, 
	occurred_at BIGINT NOT NULL, 
	recorded_at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	amount BIGINT, 
	currency TEXT, 
	payload TEXT NOT NULL, 
	payload_version BIGINT NOT NULL, 
	source TEXT, 
	source_ref TEXT, 
	corrects BIGINT, 
	superseded_by BIGINT, 
	identity_id BIGINT, 
	contact_point_id BIGINT, 
	actor TEXT NOT NULL, 
	CONSTRAINT fk_interaction_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_interaction_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO "interaction" VALUES(1,1,'purchase',NULL,NULL,1,NULL,1767358800000000,1767358800000000,1767358800000000,1250,'PLN','{}',1,'till','R-0',NULL,NULL,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(2,1,'purchase',NULL,NULL,1,NULL,1767362400000000,1767362400000000,1767362400000000,1251,'PLN','{}',1,'till','R-1',NULL,7,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(3,1,'purchase',NULL,NULL,1,NULL,1767366000000000,1767366000000000,1767366000000000,1252,'PLN','{}',1,'till','R-2',NULL,8,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(4,1,'purchase',NULL,NULL,1,NULL,1767369600000000,1767369600000000,1767369600000000,1253,'PLN','{}',1,'till','R-3',NULL,9,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(5,3,'note',NULL,NULL,1,NULL,1767369600000000,1767369600000000,1767369600000000,NULL,NULL,'{"text":"Likes rye"}',1,NULL,NULL,NULL,NULL,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(6,2,'complaint',NULL,NULL,1,NULL,1767369600000000,1767369600000000,1767369600000000,NULL,NULL,'{"subject":"","text":"Late"}',1,NULL,NULL,NULL,NULL,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(7,1,'purchase',NULL,NULL,1,NULL,1767362400000000,1767369600000000,1767369600000000,9900,'PLN','{}',1,'till',NULL,2,NULL,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(8,1,'voided',NULL,NULL,1,NULL,1767366000000000,1767369600000000,1767369600000000,NULL,NULL,'{"reason":"twice"}',1,NULL,NULL,3,NULL,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(9,3,'purchase',NULL,NULL,1,NULL,1767369600000000,1767369600000000,1767369600000000,1253,'PLN','{}',1,'till',NULL,4,NULL,NULL,NULL,'Ola Nowak');
INSERT INTO "interaction" VALUES(10,3,'task.done',NULL,NULL,1,NULL,1767369600000000,1767369600000000,1767369600000000,NULL,NULL,'{"title":"Send offer"}',1,'operational.task','2',NULL,NULL,NULL,NULL,'Ola Nowak');
CREATE TABLE job (
	name TEXT NOT NULL, 
	due_at BIGINT NOT NULL, 
	lease_until BIGINT, 
	lease_token TEXT, 
	failures BIGINT NOT NULL, 
	error TEXT, 
	finished_at BIGINT, 
	CONSTRAINT pk_job PRIMARY KEY (name)
);
CREATE TABLE observer (
	id INTEGER NOT NULL, 
	plugin TEXT NOT NULL, 
	hook TEXT NOT NULL, 
	position BIGINT NOT NULL, 
	failures BIGINT NOT NULL, 
	retry_at BIGINT, 
	quarantined_at BIGINT, 
	error TEXT, 
	CONSTRAINT pk_observer PRIMARY KEY (id), 
	CONSTRAINT uq_observer_plugin_hook UNIQUE (plugin, hook)
);
INSERT INTO "observer" VALUES(1,'operational','after_customers_changed',24,0,NULL,NULL,NULL);
INSERT INTO "observer" VALUES(2,'operational','after_interactions_recorded',10,0,NULL,NULL,NULL);
CREATE TABLE operational_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT operational_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "operational_schema_version" VALUES('operational_0001');
CREATE TABLE operational_task (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	title TEXT NOT NULL, 
	due TEXT, 
	employee_id BIGINT, 
	created_at BIGINT NOT NULL, 
	done_at BIGINT, 
	because_of TEXT, 
	CONSTRAINT fk_operational_task_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_operational_task_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id), 
	CONSTRAINT uq_operational_task_because_of UNIQUE (because_of)
);
INSERT INTO "operational_task" VALUES(1,1,'Call about the cake','2026-02-01',1,1767369600000000,NULL,NULL);
INSERT INTO "operational_task" VALUES(2,3,'Send offer',NULL,1,1767369600000000,1767369600000000,NULL);
CREATE TABLE ownership (
	table_name TEXT NOT NULL, 
	plugin TEXT NOT NULL, 
	contract TEXT NOT NULL, 
	CONSTRAINT pk_ownership PRIMARY KEY (table_name)
);
INSERT INTO "ownership" VALUES('employee','core','{"table": "employee", "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "uid", "name", "fold", "email", "role", "active", "created_at"]}');
INSERT INTO "ownership" VALUES('team','core','{"table": "team", "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "name", "parent_id"]}');
INSERT INTO "ownership" VALUES('team_member','core','{"table": "team_member", "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "team_id", "employee_id"]}');
INSERT INTO "ownership" VALUES('customer','core','{"table": "customer", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": ["given_name", "family_name", "customer_type", "owner_id", "locale", "timezone"]}, "links": {}, "personal": {"name": {"of": null, "blank": ""}, "given_name": {"of": null, "blank": ""}, "family_name": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "locale": {"of": null, "blank": null}, "timezone": {"of": null, "blank": null}, "preferred_channel": {"of": null, "blank": null}, "preferred_time": {"of": null, "blank": null}}, "columns": ["id", "uid", "is_organization", "name", "given_name", "family_name", "fold", "lifecycle", "customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at", "version", "created_at", "source"]}');
INSERT INTO "ownership" VALUES('contact_point','core','{"table": "contact_point", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}, "normalised": {"of": null, "blank": null}, "street": {"of": null, "blank": null}, "city": {"of": null, "blank": null}, "postcode": {"of": null, "blank": null}, "region": {"of": null, "blank": null}, "country": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "kind", "label", "value", "normalised", "is_primary", "verified_at", "street", "city", "postcode", "region", "country"]}');
INSERT INTO "ownership" VALUES('identity','core','{"table": "identity", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "scheme", "value"]}');
INSERT INTO "ownership" VALUES('relationship','core','{"table": "relationship", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": "drop", "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}, "other_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "columns": ["id", "customer_id", "other_id", "kind", "since", "until"]}');
INSERT INTO "ownership" VALUES('preference','core','{"table": "preference", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"topic": {"of": null, "blank": null}, "value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "topic", "value", "origin", "source", "at"]}');
INSERT INTO "ownership" VALUES('customer_tag','core','{"table": "customer_tag", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"tag": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "tag"]}');
INSERT INTO "ownership" VALUES('consent','core','{"table": "consent", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"source": {"of": null, "blank": null}, "evidence": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "purpose", "channel", "state", "at", "source", "wording_version", "evidence", "actor"]}');
INSERT INTO "ownership" VALUES('interaction','core','{"table": "interaction", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"payload": {"of": null, "blank": "{}"}, "source_ref": {"of": null, "blank": null}}, "columns": ["seq", "customer_id", "type", "channel", "direction", "employee_id", "outlet", "occurred_at", "recorded_at", "known_at", "amount", "currency", "payload", "payload_version", "source", "source_ref", "corrects", "superseded_by", "identity_id", "contact_point_id", "actor"]}');
INSERT INTO "ownership" VALUES('change','core','{"table": "change", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"old": {"of": null, "blank": null}, "new": {"of": null, "blank": null}, "salt": {"of": null, "blank": null}}, "columns": ["seq", "at", "actor", "action", "entity", "entity_id", "customer_id", "field", "old", "new", "source", "origin", "salt", "digest", "hash"]}');
INSERT INTO "ownership" VALUES('segment_stay','core','{"table": "segment_stay", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "columns": ["id", "segment", "customer_id", "entered_at", "left_at"]}');
INSERT INTO "ownership" VALUES('trait_value','core','{"table": "trait_value", "ownership": {"conflict": {"keep": "newest:computed_at", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"number": {"of": null, "blank": null}, "text": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "trait", "number", "text", "computed_at"]}');
INSERT INTO "ownership" VALUES('setting','core','{"table": "setting", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["key", "value"]}');
INSERT INTO "ownership" VALUES('plugin','core','{"table": "plugin", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["name", "version", "deciders", "restricts", "tables", "words", "loaded_at"]}');
INSERT INTO "ownership" VALUES('observer','core','{"table": "observer", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "plugin", "hook", "position", "failures", "retry_at", "quarantined_at", "error"]}');
INSERT INTO "ownership" VALUES('exchange_rate','core','{"table": "exchange_rate", "ownership": {"conflict": null, "self_link": null, "impersonal": "what currencies are worth", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "currency", "base", "valid_from", "mantissa", "exponent", "source"]}');
INSERT INTO "ownership" VALUES('ownership','core','{"table": "ownership", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["table_name", "plugin", "contract"]}');
INSERT INTO "ownership" VALUES('job','core','{"table": "job", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["name", "due_at", "lease_until", "lease_token", "failures", "error", "finished_at"]}');
INSERT INTO "ownership" VALUES('import_run','core','{"table": "import_run", "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "columns": ["id", "kind", "file", "digest", "mapping", "position", "counts", "state", "started_at", "finished_at", "actor", "rejects_file"]}');
INSERT INTO "ownership" VALUES('review','core','{"table": "review", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"item": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "kind", "source", "item", "candidates", "created_at", "settled_at"]}');
INSERT INTO "ownership" VALUES('customer_field','core','{"table": "customer_field", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"birthday": {"of": null, "blank": null}, "bread": {"of": null, "blank": null}, "budget": {"of": null, "blank": null}, "lead_source": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "birthday", "bread", "budget", "lead_source"]}');
INSERT INTO "ownership" VALUES('customer_choice','core','{"table": "customer_choice", "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "field", "value"]}');
INSERT INTO "ownership" VALUES('operational_task','operational','{"table": "operational_task", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "title", "due", "employee_id", "created_at", "done_at", "because_of"]}');
INSERT INTO "ownership" VALUES('record_deal','core','{"table": "record_deal", "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "about": {"of": null, "blank": null}, "value": {"of": null, "blank": null}}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "about", "value"]}');
CREATE TABLE plugin (
	name TEXT NOT NULL, 
	version TEXT NOT NULL, 
	deciders TEXT NOT NULL, 
	restricts BIGINT NOT NULL, 
	tables TEXT NOT NULL, 
	words TEXT NOT NULL, 
	loaded_at BIGINT NOT NULL, 
	CONSTRAINT pk_plugin PRIMARY KEY (name)
);
INSERT INTO "plugin" VALUES('operational','0.1.0','[]',0,'["operational_task", "operational_schema_version"]','[["fields", "lead_source"], ["interaction_types", "task.done"]]',1795324369858967);
INSERT INTO "plugin" VALUES('email','0.1.0','["before_customers_saved"]',0,'[]','[["channels", "email"]]',1795324369858967);
CREATE TABLE preference (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	topic TEXT NOT NULL, 
	value TEXT NOT NULL, 
	origin TEXT NOT NULL, 
	source TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_preference PRIMARY KEY (id), 
	CONSTRAINT fk_preference_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_preference_customer_id_topic_value UNIQUE (customer_id, topic, value)
);
INSERT INTO "preference" VALUES(1,1,'coffee','black','stated','',1767268800000000);
CREATE TABLE record_deal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	employee_id BIGINT, 
	state TEXT, 
	title TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	archived_at BIGINT, about TEXT, value BIGINT, 
	CONSTRAINT fk_record_deal_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_record_deal_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO "record_deal" VALUES(1,1,1,'open','Wedding','wedding',1,1767369600000000,1767369600000000,NULL,'Wedding',30000);
INSERT INTO "record_deal" VALUES(2,3,2,'won','Rolls','rolls',2,1767369600000000,1767369600000000,NULL,'Rolls',NULL);
CREATE TABLE relationship (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	other_id BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	since TEXT, 
	until TEXT, 
	CONSTRAINT pk_relationship PRIMARY KEY (id), 
	CONSTRAINT fk_relationship_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_relationship_other_id FOREIGN KEY(other_id) REFERENCES customer (id), 
	CONSTRAINT uq_relationship_customer_id_other_id_kind UNIQUE (customer_id, other_id, kind)
);
INSERT INTO "relationship" VALUES(1,1,2,'works_at','2020-01-01',NULL);
CREATE TABLE review (
	id INTEGER NOT NULL, 
	customer_id BIGINT, 
	kind TEXT NOT NULL, 
	source TEXT NOT NULL, 
	item TEXT NOT NULL, 
	candidates TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	settled_at BIGINT, 
	CONSTRAINT pk_review PRIMARY KEY (id), 
	CONSTRAINT fk_review_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO "review" VALUES(1,3,'match','','{"contact_points":[{"city":null,"country":null,"id":null,"is_primary":false,"kind":"email","label":"","normalised":"","postcode":null,"region":null,"street":null,"value":"family@example.org","verified_at":null}],"customer_type":null,"family_name":null,"fields":{},"given_name":null,"id":null,"identities":[],"is_organization":null,"lifecycle":null,"locale":null,"name":"Somebody Peña","owner_id":null,"preferences":[],"preferred_channel":null,"preferred_time":null,"source":"","tags":[],"timezone":null,"version":null}','[3,4]',1767268800000000,NULL);
CREATE TABLE segment_stay (
	id INTEGER NOT NULL, 
	segment TEXT NOT NULL, 
	customer_id BIGINT NOT NULL, 
	entered_at BIGINT NOT NULL, 
	left_at BIGINT, 
	CONSTRAINT pk_segment_stay PRIMARY KEY (id), 
	CONSTRAINT fk_segment_stay_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO "segment_stay" VALUES(1,'guests',1,1767369600000000,NULL);
INSERT INTO "segment_stay" VALUES(2,'guests',3,1767369600000000,NULL);
INSERT INTO "segment_stay" VALUES(3,'buyers',1,1767369600000000,NULL);
INSERT INTO "segment_stay" VALUES(4,'buyers',3,1767369600000000,NULL);
CREATE TABLE setting (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY ("key")
);
INSERT INTO "setting" VALUES('fields','{"allergies": {"name": "allergies", "type": "multi-choice", "decimals": 0, "choices": ["nuts", "gluten", "milk"], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "birthday": {"name": "birthday", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "bread": {"name": "bread", "type": "choice", "decimals": 0, "choices": ["rye", "wheat"], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "budget": {"name": "budget", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "lead_source": {"name": "lead_source", "type": "choice", "decimals": 0, "choices": ["referral", "web", "walk-in", "campaign", "event", "partner", "other"], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}}');
INSERT INTO "setting" VALUES('record_types','{"deal": {"name": "deal", "table": "record_deal", "owner": "crm.toml", "states": ["open", "won"], "fields": {"about": {"name": "about", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "value": {"name": "value", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}}, "removed": false}}');
CREATE TABLE team (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	parent_id BIGINT, 
	CONSTRAINT pk_team PRIMARY KEY (id), 
	CONSTRAINT fk_team_parent_id FOREIGN KEY(parent_id) REFERENCES team (id), 
	CONSTRAINT uq_team_name UNIQUE (name)
);
INSERT INTO "team" VALUES(1,'shop',NULL);
CREATE TABLE team_member (
	id INTEGER NOT NULL, 
	team_id BIGINT NOT NULL, 
	employee_id BIGINT NOT NULL, 
	CONSTRAINT pk_team_member PRIMARY KEY (id), 
	CONSTRAINT fk_team_member_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id), 
	CONSTRAINT fk_team_member_team_id FOREIGN KEY(team_id) REFERENCES team (id), 
	CONSTRAINT uq_team_member_team_id_employee_id UNIQUE (team_id, employee_id)
);
INSERT INTO "team_member" VALUES(1,1,1);
CREATE TABLE trait_value (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	trait TEXT NOT NULL, 
	number BIGINT, 
	text TEXT, 
	computed_at BIGINT NOT NULL, 
	CONSTRAINT pk_trait_value PRIMARY KEY (id), 
	CONSTRAINT uq_trait_value_trait_customer_id UNIQUE (trait, customer_id), 
	CONSTRAINT fk_trait_value_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE INDEX ix_team_member_employee_id ON team_member (employee_id);
CREATE INDEX ix_customer_owner_id ON customer (owner_id);
CREATE INDEX ix_contact_point_normalised_kind ON contact_point (normalised, kind);
CREATE INDEX ix_identity_customer_id ON identity (customer_id);
CREATE INDEX ix_relationship_other_id ON relationship (other_id);
CREATE INDEX ix_customer_tag_customer_id ON customer_tag (customer_id);
CREATE INDEX ix_consent_customer_id ON consent (customer_id);
CREATE INDEX ix_customer_choice_field_value ON customer_choice (field, value);
CREATE INDEX ix_interaction_corrects ON interaction (corrects, known_at) WHERE corrects IS NOT NULL;
CREATE INDEX ix_interaction_customer_time ON interaction (customer_id, occurred_at);
CREATE INDEX ix_interaction_type_customer_time_amount ON interaction (type, customer_id, occurred_at, amount, known_at, superseded_by);
CREATE INDEX ix_interaction_currency ON interaction (currency);
CREATE UNIQUE INDEX uq_interaction_source_ref ON interaction (source, source_ref) WHERE source_ref IS NOT NULL;
CREATE INDEX ix_change_customer ON change (customer_id, seq);
CREATE UNIQUE INDEX uq_segment_stay_open ON segment_stay (segment, customer_id) WHERE left_at IS NULL;
CREATE INDEX ix_segment_stay_segment_entered_at ON segment_stay (segment, entered_at);
CREATE INDEX ix_segment_stay_customer_id ON segment_stay (customer_id);
CREATE INDEX ix_trait_value_customer_id ON trait_value (customer_id);
CREATE INDEX ix_ownership_plugin ON ownership (plugin);
CREATE INDEX ix_review_customer_id ON review (customer_id);
CREATE INDEX ix_operational_task_customer_id ON operational_task (customer_id);
CREATE INDEX ix_operational_task_due ON operational_task (due);
CREATE INDEX ix_record_deal_customer_id ON record_deal (customer_id);
CREATE INDEX ix_record_deal_state_id ON record_deal (state, id);
CREATE INDEX ix_record_deal_employee_id ON record_deal (employee_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('employee',2);
INSERT INTO "sqlite_sequence" VALUES('change',24);
INSERT INTO "sqlite_sequence" VALUES('customer',6);
INSERT INTO "sqlite_sequence" VALUES('consent',2);
INSERT INTO "sqlite_sequence" VALUES('interaction',10);
INSERT INTO "sqlite_sequence" VALUES('record_deal',2);
INSERT INTO "sqlite_sequence" VALUES('operational_task',2);
INSERT INTO "sqlite_sequence" VALUES('import_run',1);
CREATE VIRTUAL TABLE customer_search USING fts5(fold, content='customer', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3');
INSERT INTO customer_search (customer_search) VALUES ('rebuild');
COMMIT;
