-- A small business as the schema 0005 kept it, with all bundled plugins: the text of an SQLite database.
BEGIN TRANSACTION;
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
INSERT INTO employee VALUES(1,'01a204a2-1cb8-754f-a225-37182f7d52e1','Olga Lis','olga lis','olga@rye.example','manager',1,1795374062773014);
CREATE TABLE team (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	parent_id BIGINT, 
	CONSTRAINT pk_team PRIMARY KEY (id), 
	CONSTRAINT fk_team_parent_id FOREIGN KEY(parent_id) REFERENCES team (id), 
	CONSTRAINT uq_team_name UNIQUE (name)
);
INSERT INTO team VALUES(1,'shop',NULL);
CREATE TABLE team_member (
	id INTEGER NOT NULL, 
	team_id BIGINT NOT NULL, 
	employee_id BIGINT NOT NULL, 
	CONSTRAINT pk_team_member PRIMARY KEY (id), 
	CONSTRAINT fk_team_member_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id), 
	CONSTRAINT fk_team_member_team_id FOREIGN KEY(team_id) REFERENCES team (id), 
	CONSTRAINT uq_team_member_team_id_employee_id UNIQUE (team_id, employee_id)
);
INSERT INTO team_member VALUES(1,1,1);
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
	source TEXT NOT NULL, restricted_at BIGINT, 
	CONSTRAINT fk_customer_owner_id FOREIGN KEY(owner_id) REFERENCES employee (id), 
	CONSTRAINT uq_customer_uid UNIQUE (uid)
);
INSERT INTO customer VALUES(1,'01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7',0,'Anna Żółć','','','anna zolc anna example org','prospect',NULL,1,NULL,NULL,NULL,NULL,NULL,2,1795374068966721,'',NULL);
INSERT INTO customer VALUES(2,'01a204a2-564d-715a-b90f-7d361972ab88',0,'Jan Wilk','','','jan wilk jan example org 48512000001 512000001 j wilk example org','prospect',NULL,NULL,NULL,NULL,NULL,NULL,NULL,4,1795374077508862,'',NULL);
INSERT INTO customer VALUES(5,'01a204a2-e88d-71db-8497-0d8bfeac4150',0,'فاطمہ خان','','','فاطمه خان fatima example org','prospect',NULL,NULL,'ur',NULL,NULL,NULL,NULL,1,1795374114944581,'',NULL);
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
INSERT INTO contact_point VALUES(1,1,'email','','anna@example.org','anna@example.org',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO contact_point VALUES(2,2,'email','','jan@example.org','jan@example.org',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO contact_point VALUES(3,2,'phone','','+48 512 000 001','+48512000001',1,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO contact_point VALUES(4,2,'email','','j.wilk@example.org','j.wilk@example.org',0,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO contact_point VALUES(6,5,'email','','fatima@example.org','fatima@example.org',1,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE identity (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	scheme TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (id), 
	CONSTRAINT fk_identity_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_identity_scheme_value UNIQUE (scheme, value)
);
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
CREATE TABLE customer_tag (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	tag TEXT NOT NULL, 
	CONSTRAINT pk_customer_tag PRIMARY KEY (id), 
	CONSTRAINT fk_customer_tag_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_customer_tag_tag_customer_id UNIQUE (tag, customer_id)
);
INSERT INTO customer_tag VALUES(1,1,'vip');
INSERT INTO customer_tag VALUES(2,2,'thanked');
INSERT INTO customer_tag VALUES(3,1,'journeyed');
INSERT INTO customer_tag VALUES(4,2,'journeyed');
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
INSERT INTO consent VALUES(1,1,'offers','email','granted',1795374175871614,'',1,'','crmkit');
INSERT INTO consent VALUES(2,2,'offers','email','granted',1795374188409745,'',1,'','crmkit');
CREATE TABLE customer_field (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, birthday TEXT, bread TEXT, lead_source TEXT, 
	CONSTRAINT pk_customer_field PRIMARY KEY (id), 
	CONSTRAINT fk_customer_field_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_customer_field_customer_id UNIQUE (customer_id)
);
INSERT INTO customer_field VALUES(1,1,'1990-02-28','rye',NULL);
CREATE TABLE customer_choice (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	field TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_customer_choice PRIMARY KEY (id), 
	CONSTRAINT fk_customer_choice_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_customer_choice_customer_id_field_value UNIQUE (customer_id, field, value)
);
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
INSERT INTO interaction VALUES(1,1,'purchase',NULL,NULL,NULL,NULL,1795374122970674,1795374122970674,1795374122970674,3000,'PLN','{}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(2,1,'purchase',NULL,NULL,NULL,NULL,1795374129524649,1795374129524649,1795374129524649,1200,'PLN','{}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(3,1,'purchase',NULL,NULL,NULL,NULL,1795374136633092,1795374136633092,1795374136633092,950,'PLN','{}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(4,1,'coupon.issued',NULL,NULL,NULL,NULL,1795374136633092,1795374136633092,1795374136633092,NULL,NULL,'{"code":"UUUW-Q8KH-KGVM","label":"A loaf","reward":"loaf","valid_until":null}',1,'operational.loyalty','coupon:UUUW-Q8KH-KGVM:issued',NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(5,2,'purchase',NULL,NULL,NULL,NULL,1795374144250672,1795374144250672,1795374144250672,700,'PLN','{}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(6,5,'complaint',NULL,NULL,NULL,NULL,1795374154488446,1795374154488446,1795374154488446,NULL,NULL,'{"subject":"","text":"Too dark"}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(7,1,'note',NULL,NULL,NULL,NULL,1795374164781562,1795374164781562,1795374164781562,NULL,NULL,'{"text":"Likes it dark"}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(8,5,'case.opened',NULL,NULL,NULL,NULL,1795374208015255,1795374208015255,1795374208015255,NULL,NULL,'{"before":null,"record":"case:1","state":"new","text":"","title":"Too dark"}',1,'record','case:1@1',NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(9,2,'deal.opened',NULL,NULL,NULL,NULL,1795374218473508,1795374218473508,1795374218473508,NULL,NULL,'{"before":null,"record":"deal:1","state":"new","text":"","title":"Ovens"}',1,'record','deal:1@1',NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(10,1,'journey.entered',NULL,NULL,NULL,NULL,1795374384189814,1795374384189814,1795374384189814,NULL,NULL,'{"journey":"back","step":"mark","version":1,"why":""}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
INSERT INTO interaction VALUES(11,2,'journey.entered',NULL,NULL,NULL,NULL,1795374384189814,1795374384189814,1795374384189814,NULL,NULL,'{"journey":"back","step":"mark","version":1,"why":""}',1,NULL,NULL,NULL,NULL,NULL,NULL,'crmkit');
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
INSERT INTO change VALUES(1,1795374055619605,'crmkit','created','team',1,NULL,'',NULL,'"shop"','','shop','9466325dc212ebaa','d903ac5a9480787dd7f03c1dfa92f624efcd668e0854926fb921b9d7d6694ce9','df2412cdf34e6234f50a9fbb245b2557ed50291ddcb441fa76cc24153b4f7e30');
INSERT INTO change VALUES(2,1795374062773014,'crmkit','created','employee',1,NULL,'',NULL,'{"name": "Olga Lis", "email": "olga@rye.example", "role": "manager"}','','01a204a2-1cb8-754f-a225-37182f7d52e1','0dbc332d5182c987','e9bc1364dae0b173b74b7b7f342b06e97bc7991f594b55fda9cab2b75c37ab37','d49858c7bf9dfa4d69140f1330f01988980dd8e3df7c13510e31267a492fb0ba');
INSERT INTO change VALUES(3,1795374062773014,'crmkit','changed','employee',1,NULL,'team',NULL,'"shop"','','01a204a2-1cb8-754f-a225-37182f7d52e1','e1dc2bc292cf6d69','844bcb69df9e726d7f6fa40f32669266b95e7a9f497f74649263758f7f4d563e','8383a7328f32873bfe4ed98683a7b2217f8f46b342cfc571f3321b3f84aaadd9');
INSERT INTO change VALUES(4,1795374068966721,'crmkit','created','customer',1,1,'',NULL,'""','','01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7','b80adf1f8f96dae7','40c3eff1db210cd72bf1396cfbb36a2862a4a62a4885ab882e73f00806f51b68','523f048674464492d0e98592f11d74baec762386517ef17ce4a853edb83e40b8');
INSERT INTO change VALUES(5,1795374077508862,'crmkit','created','customer',2,2,'',NULL,'""','','01a204a2-564d-715a-b90f-7d361972ab88','3a582ad890406cb8','337d1dd55aa62a7a97c780bf5298a5e554e5cb7fc68637c3b51b91d00609d04e','40d769d4f9bda523c2bf86ac1cc29233900cbdcddb0fc947967f22b9f5a57f46');
INSERT INTO change VALUES(6,1795374089458006,'crmkit','created','customer',3,2,'',NULL,'""','','01a204a2-84f2-70a9-bd0c-710084ee9be1','1f1d9e02f91730ca','301a77fdeb66a9ec36d2e31526b9f177447e218c8db5373034753b4b59dff67c','546452a53d6e5a981a039bf59fd538d73835189ac155128e50f5acf71f69c2f0');
INSERT INTO change VALUES(7,1795374102803185,'crmkit','created','customer',4,NULL,'',NULL,NULL,'','01a204a2-b913-7135-a9d7-24e3d633b275',NULL,'becea23d09e5b0c4fdd5c8aa84db9da9751d8142dd35060c134617084845a0d4','7489e4274ae15892d8b7d917c3c68ad39ee923e2c3814456e6e087e37e1c85a4');
INSERT INTO change VALUES(8,1795374114944581,'crmkit','created','customer',5,5,'',NULL,'""','','01a204a2-e88d-71db-8497-0d8bfeac4150','679fe8d2a204b1a4','f89a08fc7b9c277956d3dea57c3968a3b83f2f11170851f1c5c08042f430185b','be3f21ed5ac60885f438760d20fedbfa4385f2844344f6d5b4ce0cdb50cfadcc');
INSERT INTO change VALUES(9,1795374175871614,'crmkit','created','consent',1,1,'offers',NULL,'{"purpose":"offers","channel":"email","state":"granted"}','','01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7','8237d6f45d971115','e5236e96dd178a3c22cee5874195985261139cfbca158a37f5fe407b228c8a49','5c08f656139278889f75e7cbf4bd30efbfbd9f1746af8b1ed3509e542ba951d4');
INSERT INTO change VALUES(10,1795374188409745,'crmkit','created','consent',2,2,'offers',NULL,'{"purpose":"offers","channel":"email","state":"granted"}','','01a204a2-564d-715a-b90f-7d361972ab88','96b210237dd67b0e','05f0050118382c86b958832633d87dda16d9b0bea33cfd43200373d91deb0516','bbe2e1f3d1441d06a21aab283dc48c23057722ffa108c7d7c5ff6e41a86523ea');
INSERT INTO change VALUES(11,1795374199396655,'crmkit','created','record:task',1,1,'',NULL,'{"state":"open","subject":"Call back","due":"2030-01-01"}','','task:1','0bb85a6eea85a51a','09ce947d0df0b097793a5675a0ca4e0b8093ec27ed3bafbe3c173acca0624918','a6b635a29890f58b9768650612136b0c4bbdcfeb728642ffbf4d84c36c913295');
INSERT INTO change VALUES(12,1795374208015255,'crmkit','created','record:case',1,5,'',NULL,'{"state":"new","subject":"Too dark","priority":"normal","opened_at":1795374208015255,"respond_by":1795435200000000,"resolve_by":1795536000000000,"next_at":1795435200000000}','','case:1','3744989b0d65203f','137211fff45ffa58135b1e7903e32bf4d7d6d0752613d03263e95dd7bb58ae41','5a80ab20c120da0d72f6d9afbd27ae66b3cf42accc46975c7f27fba82f6bacb4');
INSERT INTO change VALUES(13,1795374218473508,'crmkit','created','record:deal',1,2,'',NULL,'{"state":"new","name":"Ovens","probability":10,"commitment":"pipeline","pipeline":"sales","opened_on":"2026-11-22","stage_since":1795374218473508}','','deal:1','b04a3a05a934a83a','ceefe364040fc6a478c091a26398dbdf4f953936878ec9c7f0973b474bb579df','7a0d325e5b73837c73c3950a34e95dcc72e73040b8e873226d7d000e59bc4075');
INSERT INTO change VALUES(14,1795374230524861,'crmkit','created','product',1,NULL,'',NULL,'{"sku": "LOAF", "name": "Loaf", "unit": "", "tax_rate": "0"}','','LOAF','3999f9a94ead7662','ba8774988b604ab0ed262660f1701ed45b5ebeb82c7c5b665dbe94e5d4db8808','f220b8366803609cc0a2536dc05987cb88f1345a6569aa5aab7ffb584f006146');
INSERT INTO change VALUES(15,1795374242013186,'crmkit','changed','product',1,NULL,'price',NULL,'{"amount": "12.00 PLN", "list": "standard", "from": "0", "on": "2026-11-22"}','','LOAF','7c11d6738128ed96','74766415cd852f8830a5270755b67222426456d6eaaa2317142b55ad771324bd','25a900ba352392770614ae36e12f907b946afbccc5e5b61deca45ecfcaf380dd');
INSERT INTO change VALUES(16,1795374257577403,'crmkit','created','record:quote',1,2,'',NULL,'{"state":"draft","currency":"PLN","prices":"net","total_net":0,"total_tax":0,"total_gross":0}','','quote:1','5e7becf69b796552','d040cab254cce2ed99791649f952a6b9163f4f69b51e2d472521e1059ffa8b46','c9c2464e4769b94b6edb4bf14571bdd7eda5b54bb84b4b8adebfb5f7077dcfcb');
INSERT INTO change VALUES(17,1795374273448937,'crmkit','merged','customer',2,2,'',NULL,'{"id":3,"uid":"01a204a2-84f2-70a9-bd0c-710084ee9be1"}','merge:1','01a204a2-564d-715a-b90f-7d361972ab88','5c970924fd1e1b4f','1f506ce01e7fe2679a0b90bb7aa31535e1cf89fa3fc9aca978eed3cdd2d3fdb2','e9bb2167f3ccd1e216902235d9d1c069f495e51405a14891b91e50fad6f61763');
INSERT INTO change VALUES(18,1795374287934137,'crmkit','erased','customer',4,NULL,'',NULL,NULL,'request','01a204a2-b913-7135-a9d7-24e3d633b275','e9cc77a7dd52bd5c','57e16361d0999a2416fae8f4dcae33d11a2d87a864b8758913f2763f07a4d72d','10adbbbb35256bb950888ba0f2350e20d8517ba2fd728b5ae8161f95fbdeb4df');
INSERT INTO change VALUES(19,1795374321210215,'crmkit','created','tag',2,2,'',NULL,'"thanked"','plan:1','01a204a2-564d-715a-b90f-7d361972ab88','b1e60df8326276b5','f2773ae07c5bd60ebf5b2f8851f56f61c0d35b151a3f7c068cf7ebb96c62b178','b9690232e2fa2ba8e18ea0e3be1e712f1652bffa0c843ebc0eeefc852c2ffe4c');
INSERT INTO change VALUES(20,1795374339627321,'crmkit','confirmed','campaign_run',1,NULL,'spring',NULL,NULL,'','','e710fc58bff88cac','6d5f3588e9120b73348a3aa41b311be43d3685cba2495e233225ff53e8840933','2944a35519bf3f6fecc5c07eaea687e8cbf40c176dcbd02b927e7f5b2b23d164');
INSERT INTO change VALUES(21,1795374385525592,'crmkit','created','tag',3,1,'',NULL,'"journeyed"','plan:2','01a204a2-34e7-7dc8-aa8a-3ac5ef7a01d7','a2b61a0948de769b','1caceed08ee6437308e93f7bc2272af3426c9d29462a75ccd9299a1dccde0bc8','f0443259c8a699be97c7dc816e35c84f7e687955cf1c3c3c2b9401b71991e57e');
INSERT INTO change VALUES(22,1795374385525592,'crmkit','created','tag',4,2,'',NULL,'"journeyed"','plan:2','01a204a2-564d-715a-b90f-7d361972ab88','90e4aec21a1f8c6c','dae61059aab1ecfedf2460d75a583bc920e88c77e81503115d5194e153180786','3001e5f499911cda01608697ed716fba292331316408106b67862eb638cdb27f');
CREATE TABLE segment_stay (
	id INTEGER NOT NULL, 
	segment TEXT NOT NULL, 
	customer_id BIGINT NOT NULL, 
	entered_at BIGINT NOT NULL, 
	left_at BIGINT, 
	CONSTRAINT pk_segment_stay PRIMARY KEY (id), 
	CONSTRAINT fk_segment_stay_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO segment_stay VALUES(1,'buyers',1,1795374376978883,NULL);
INSERT INTO segment_stay VALUES(2,'buyers',2,1795374376978883,NULL);
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
CREATE TABLE setting (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_setting PRIMARY KEY ("key")
);
INSERT INTO setting VALUES('fields','{"birthday": {"name": "birthday", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "bread": {"name": "bread", "type": "choice", "decimals": 0, "choices": ["rye", "wheat"], "unique": false, "indexed": false, "personal": true, "owner": "crm.toml", "to": "customer", "removed": false}, "lead_source": {"name": "lead_source", "type": "choice", "decimals": 0, "choices": ["referral", "web", "walk-in", "campaign", "event", "partner", "other"], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}}');
INSERT INTO setting VALUES('record_types','{"case": {"name": "case", "table": "operational_case", "owner": "operational", "states": ["new", "open", "waiting", "resolved", "closed"], "fields": {"subject": {"name": "subject", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "text": {"name": "text", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "priority": {"name": "priority", "type": "choice", "decimals": 0, "choices": ["low", "normal", "high", "urgent"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "channel": {"name": "channel", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "satisfaction": {"name": "satisfaction", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "parent": {"name": "parent", "type": "reference", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "case", "removed": false}, "merged_into": {"name": "merged_into", "type": "reference", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "case", "removed": false}, "routed_by": {"name": "routed_by", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "opened_at": {"name": "opened_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "respond_by": {"name": "respond_by", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "resolve_by": {"name": "resolve_by", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "responded_at": {"name": "responded_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "resolved_at": {"name": "resolved_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "paused_since": {"name": "paused_since", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "escalated_at": {"name": "escalated_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "next_at": {"name": "next_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "response_minutes": {"name": "response_minutes", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "resolution_minutes": {"name": "resolution_minutes", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "paused": {"name": "paused", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "reopened": {"name": "reopened", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "overdue": {"name": "overdue", "type": "choice", "decimals": 0, "choices": ["response", "resolution"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}}, "title": "subject", "removed": false}, "deal": {"name": "deal", "table": "operational_deal", "owner": "operational", "states": ["new", "qualified", "proposal", "negotiation", "won", "lost"], "fields": {"name": {"name": "name", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "value": {"name": "value", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "close_on": {"name": "close_on", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "next_step": {"name": "next_step", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "next_on": {"name": "next_on", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "probability": {"name": "probability", "type": "number", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "commitment": {"name": "commitment", "type": "choice", "decimals": 0, "choices": ["pipeline", "best case", "commit"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "pipeline": {"name": "pipeline", "type": "choice", "decimals": 0, "choices": ["sales"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "product_family": {"name": "product_family", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "source": {"name": "source", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "lost_reason": {"name": "lost_reason", "type": "choice", "decimals": 0, "choices": ["price", "competitor", "no decision", "timing", "other"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "amount": {"name": "amount", "type": "number", "decimals": 3, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "currency": {"name": "currency", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "opened_on": {"name": "opened_on", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "stage_since": {"name": "stage_since", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}}, "title": "name", "removed": false}, "quote": {"name": "quote", "table": "operational_quote", "owner": "operational", "states": ["draft", "sent", "accepted", "declined", "expired", "superseded"], "fields": {"number": {"name": "number", "type": "text", "decimals": 0, "choices": [], "unique": true, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "subject": {"name": "subject", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "currency": {"name": "currency", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "valid_until": {"name": "valid_until", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "discount": {"name": "discount", "type": "number", "decimals": 4, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "prices": {"name": "prices", "type": "choice", "decimals": 0, "choices": ["net", "gross"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "total_net": {"name": "total_net", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "total_tax": {"name": "total_tax", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "total_gross": {"name": "total_gross", "type": "money", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "deal": {"name": "deal", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "sent_at": {"name": "sent_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "accepted_at": {"name": "accepted_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "decline_reason": {"name": "decline_reason", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "version_of": {"name": "version_of", "type": "reference", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "quote", "removed": false}}, "title": "{number} {subject}", "removed": false}, "task": {"name": "task", "table": "operational_task", "owner": "operational", "states": ["open", "done", "dropped"], "fields": {"subject": {"name": "subject", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "due": {"name": "due", "type": "date", "decimals": 0, "choices": [], "unique": false, "indexed": true, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "due_time": {"name": "due_time", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "remind_at": {"name": "remind_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "repeat": {"name": "repeat", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "team": {"name": "team", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "priority": {"name": "priority", "type": "choice", "decimals": 0, "choices": ["low", "normal", "high", "urgent"], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "notes": {"name": "notes", "type": "text", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": true, "owner": "operational", "to": "customer", "removed": false}, "done_at": {"name": "done_at", "type": "datetime", "decimals": 0, "choices": [], "unique": false, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}, "because_of": {"name": "because_of", "type": "text", "decimals": 0, "choices": [], "unique": true, "indexed": false, "personal": false, "owner": "operational", "to": "customer", "removed": false}}, "title": "subject", "removed": false}}');
INSERT INTO setting VALUES('suppression_key','36f460d26c3324df0c5a10c39ce0cbc2ef19f7484c9b60519cd49553151a0bb2');
INSERT INTO setting VALUES('token_key','efa06d2b6bcb754b896ab87e349c5a953976f48be834919bea2cdff2b38e3df8725d78dba2b643435539e4913261ad0cd7e3c42055668fa51c255c4c83aa4ae1');
INSERT INTO setting VALUES('trait.clv.computed_at','1795374377187702');
INSERT INTO setting VALUES('trait.expected_purchases.computed_at','1795374381986753');
INSERT INTO setting VALUES('trait.p_alive.computed_at','1795374382027349');
INSERT INTO setting VALUES('duplicates.position','22');
INSERT INTO setting VALUES('duplicates.rules','(''rules'', ''99%'', Rules(rules=(Rule(name=''given_name'', compare=''name'', same=6, similar=4, different=-6, field='''', doc=''Given names; a short form or an initial is similar.''), Rule(name=''family_name'', compare=''name'', same=8, similar=5, different=-4, field='''', doc=''Family names; also when both names have changed places.''), Rule(name=''organization'', compare=''name'', same=13, similar=8, different=-10, field='''', doc=''Names of organisations, without their legal form.''), Rule(name=''letters'', compare=''exact'', same=10, similar=0, different=0, field='''', doc=''Names that look the same and are written with other letters.''), Rule(name=''email'', compare=''email'', same=11, similar=6, different=-1, field='''', doc=''E-mail addresses.''), Rule(name=''phone'', compare=''number'', same=10, similar=5, different=-1, field='''', doc=''The last nine digits of phone numbers.''), Rule(name=''street'', compare=''text'', same=7, similar=4, different=-3, field='''', doc=''Streets, without the house number.''), Rule(name=''house_number'', compare=''exact'', same=3, similar=0, different=-1.5, field='''', doc=''House numbers.''), Rule(name=''postcode'', compare=''code'', same=6, similar=2, different=-2, field='''', doc=''Postcodes; with one wrong digit they are similar.''), Rule(name=''city'', compare=''text'', same=4, similar=3, different=-2, field='''', doc=''Towns.''), Rule(name=''region'', compare=''text'', same=1, similar=0.5, different=-1, field='''', doc=''Regions.''), Rule(name=''identity'', compare=''number'', same=8, similar=3, different=0, field='''', doc=''Numbers by which other systems know them.''), Rule(name=''household'', compare=''exact'', same=0, similar=0, different=0, field='''', doc=''Takes back what people who live together share.''), Rule(name=''birthday'', compare=''date'', same=9, similar=6, different=-6, field=''birthday'', doc=''Dates of birth; day and month may be swapped.'')), threshold=16000, sure=24000, blocks=(''email'', ''phone'', ''name'', ''address'', ''number'', ''date'', ''letters''), largest_block=100, most_pairs=1000000, points=((6000, 4000, -6000), (8000, 5000, -4000), (13000, 8000, -10000), (10000, 0, 0), (11000, 6000, -1000), (10000, 5000, -1000), (7000, 4000, -3000), (3000, 0, -1500), (6000, 2000, -2000), (4000, 3000, -2000), (1000, 500, -1000), (8000, 3000, 0), (0, 0, 0), (9000, 6000, -6000))))');
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
INSERT INTO plugin VALUES('operational','0.1.0','["before_records_saved"]',0,'["operational_coupon", "operational_deal_contact", "operational_lead", "operational_points_entry", "operational_product", "operational_quote_line", "operational_tier", "operational_price", "operational_schema_version"]','[["fields", "lead_source"], ["record_types", "case"], ["record_types", "deal"], ["record_types", "quote"], ["record_types", "task"], ["interaction_types", "case.closed"], ["interaction_types", "case.opened"], ["interaction_types", "case.overdue"], ["interaction_types", "case.reopened"], ["interaction_types", "case.resolved"], ["interaction_types", "coupon.issued"], ["interaction_types", "coupon.redeemed"], ["interaction_types", "deal.lost"], ["interaction_types", "deal.opened"], ["interaction_types", "deal.won"], ["interaction_types", "lead.converted"], ["interaction_types", "lead.lost"], ["interaction_types", "loyalty.tier"], ["interaction_types", "points.awarded"], ["interaction_types", "points.expired"], ["interaction_types", "points.spent"], ["interaction_types", "quote.accepted"], ["interaction_types", "quote.declined"], ["interaction_types", "quote.expired"], ["interaction_types", "quote.sent"], ["interaction_types", "reward.redeemed"], ["interaction_types", "task.done"], ["traits", "loyalty_points"], ["traits", "oldest_open_case"], ["traits", "open_cases"], ["traits", "open_deals"], ["traits", "open_quotes"], ["traits", "open_tasks"], ["traits", "pipeline_value"], ["traits", "points_expiring"], ["traits", "stamps"], ["actions", "case.open"], ["actions", "case.reopen"], ["actions", "coupon.issue"], ["actions", "deal.create"], ["actions", "deal.move"], ["actions", "lead.assign"], ["actions", "points.award"], ["actions", "task.create"], ["metrics", "backlog"], ["metrics", "first_response_time"], ["metrics", "pipeline"], ["metrics", "points_issued"], ["metrics", "points_liability"], ["metrics", "points_redeemed"], ["metrics", "quota_reached"], ["metrics", "quote_acceptance"], ["metrics", "resolution_time"], ["metrics", "sales_cycle"], ["metrics", "sales_velocity"], ["metrics", "sla_kept"], ["metrics", "tasks_done"], ["metrics", "tasks_done_on_time"], ["metrics", "tasks_overdue"], ["metrics", "win_rate"]]',1795374045231835);
INSERT INTO plugin VALUES('analytical','0.1.0','["before_customers_erased"]',0,'["analytical_fit", "analytical_schema_version"]','[["traits", "churn_risk"], ["traits", "clv"], ["traits", "expected_purchases"], ["traits", "frequency"], ["traits", "monetary"], ["traits", "p_alive"], ["traits", "recency"], ["traits", "rfm_segment"], ["metrics", "clv_total"], ["metrics", "movement"], ["metrics", "share"]]',1795374045231835);
INSERT INTO plugin VALUES('email','0.1.0','["before_customers_saved", "before_customers_erased", "review_proposals"]',0,'["email_folder", "email_link", "email_parked", "email_preflight", "email_hit", "email_schema_version"]','[["interaction_types", "email.auto_replied"], ["interaction_types", "email.bounced"], ["interaction_types", "email.clicked"], ["interaction_types", "email.complained"], ["interaction_types", "email.opened"], ["channels", "email"]]',1795374045231835);
INSERT INTO plugin VALUES('campaign','0.1.0','["before_interactions_recorded"]',0,'["campaign_journey", "campaign_journey_person", "campaign_journey_version", "campaign_run", "campaign_recipient", "campaign_schema_version"]','[["interaction_types", "campaign.response"], ["interaction_types", "journey.entered"], ["interaction_types", "journey.exited"], ["interaction_types", "journey.step"], ["traits", "engaged"], ["traits", "in_journey"], ["traits", "messages_received"], ["actions", "journey.enter"], ["actions", "journey.exit"], ["metrics", "bounce_rate"], ["metrics", "click_rate"], ["metrics", "click_to_open"], ["metrics", "complaint_rate"], ["metrics", "delivery_rate"], ["metrics", "machine_open_rate"], ["metrics", "open_rate"], ["metrics", "reply_rate"], ["metrics", "revenue_attributed"], ["metrics", "revenue_incremental"], ["metrics", "unsubscribe_rate"]]',1795374045231835);
INSERT INTO plugin VALUES('collaborative','0.1.0','[]',1,'[]','[["interaction_types", "review.posted"], ["traits", "rating_last"]]',1795374045231835);
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
INSERT INTO observer VALUES(1,'operational','after_customers_changed',22,0,NULL,NULL,NULL);
INSERT INTO observer VALUES(2,'operational','after_interactions_recorded',11,0,NULL,NULL,NULL);
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
CREATE TABLE ownership (
	table_name TEXT NOT NULL, 
	plugin TEXT NOT NULL, 
	contract TEXT NOT NULL, 
	CONSTRAINT pk_ownership PRIMARY KEY (table_name)
);
INSERT INTO ownership VALUES('employee','core','{"table": "employee", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "uid", "name", "fold", "email", "role", "active", "created_at"], "types": {"id": "integer", "uid": "text", "name": "text", "fold": "text", "email": "text", "role": "text", "active": "integer", "created_at": "integer"}, "nullable": ["email"], "unique": [{"columns": ["email"], "where": null}, {"columns": ["uid"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('team','core','{"table": "team", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "parent_id"], "types": {"id": "integer", "name": "text", "parent_id": "integer"}, "nullable": ["parent_id"], "unique": [{"columns": ["name"], "where": null}], "refers": {"parent_id": "team"}}');
INSERT INTO ownership VALUES('team_member','core','{"table": "team_member", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "data about employees, not customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "team_id", "employee_id"], "types": {"id": "integer", "team_id": "integer", "employee_id": "integer"}, "nullable": [], "unique": [{"columns": ["team_id", "employee_id"], "where": null}], "refers": {"employee_id": "employee", "team_id": "team"}}');
INSERT INTO ownership VALUES('customer','core','{"table": "customer", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": ["name", "given_name", "family_name", "customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "restricted_at"]}, "links": {}, "personal": {"name": {"of": null, "blank": ""}, "given_name": {"of": null, "blank": ""}, "family_name": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "locale": {"of": null, "blank": null}, "timezone": {"of": null, "blank": null}, "preferred_channel": {"of": null, "blank": null}, "preferred_time": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "uid", "is_organization", "name", "given_name", "family_name", "fold", "lifecycle", "customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at", "version", "created_at", "source", "restricted_at"], "types": {"id": "integer", "uid": "text", "is_organization": "integer", "name": "text", "given_name": "text", "family_name": "text", "fold": "text", "lifecycle": "text", "customer_type": "text", "owner_id": "integer", "locale": "text", "timezone": "text", "preferred_channel": "text", "preferred_time": "text", "archived_at": "integer", "version": "integer", "created_at": "integer", "source": "text", "restricted_at": "integer"}, "nullable": ["customer_type", "owner_id", "locale", "timezone", "preferred_channel", "preferred_time", "archived_at", "restricted_at"], "unique": [{"columns": ["uid"], "where": null}], "refers": {"owner_id": "employee"}}');
INSERT INTO ownership VALUES('contact_point','core','{"table": "contact_point", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"verified_at": "min"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}, "normalised": {"of": null, "blank": null}, "street": {"of": null, "blank": null}, "city": {"of": null, "blank": null}, "postcode": {"of": null, "blank": null}, "region": {"of": null, "blank": null}, "country": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "kind", "label", "value", "normalised", "is_primary", "verified_at", "street", "city", "postcode", "region", "country"], "types": {"id": "integer", "customer_id": "integer", "kind": "text", "label": "text", "value": "text", "normalised": "text", "is_primary": "integer", "verified_at": "integer", "street": "text", "city": "text", "postcode": "text", "region": "text", "country": "text"}, "nullable": ["verified_at", "street", "city", "postcode", "region", "country"], "unique": [{"columns": ["customer_id", "kind", "normalised"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('identity','core','{"table": "identity", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "scheme", "value"], "types": {"id": "integer", "customer_id": "integer", "scheme": "text", "value": "text"}, "nullable": [], "unique": [{"columns": ["scheme", "value"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('relationship','core','{"table": "relationship", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": "drop", "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}, "other_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "other_id", "kind", "since", "until"], "types": {"id": "integer", "customer_id": "integer", "other_id": "integer", "kind": "text", "since": "text", "until": "text"}, "nullable": ["since", "until"], "unique": [{"columns": ["customer_id", "other_id", "kind"], "where": null}], "refers": {"customer_id": "customer", "other_id": "customer"}}');
INSERT INTO ownership VALUES('preference','core','{"table": "preference", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"origin": "max"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"topic": {"of": null, "blank": null}, "value": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "topic", "value", "origin", "source", "at"], "types": {"id": "integer", "customer_id": "integer", "topic": "text", "value": "text", "origin": "text", "source": "text", "at": "integer"}, "nullable": [], "unique": [{"columns": ["customer_id", "topic", "value"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('customer_tag','core','{"table": "customer_tag", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"tag": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "tag"], "types": {"id": "integer", "customer_id": "integer", "tag": "text"}, "nullable": [], "unique": [{"columns": ["tag", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('consent','core','{"table": "consent", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"source": {"of": null, "blank": null}, "evidence": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "purpose", "channel", "state", "at", "source", "wording_version", "evidence", "actor"], "types": {"id": "integer", "customer_id": "integer", "purpose": "text", "channel": "text", "state": "text", "at": "integer", "source": "text", "wording_version": "integer", "evidence": "text", "actor": "text"}, "nullable": ["wording_version"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('interaction','core','{"table": "interaction", "key": ["seq"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"payload": {"of": null, "blank": "{}"}, "source_ref": {"of": null, "blank": null}}, "employees": {}, "columns": ["seq", "customer_id", "type", "channel", "direction", "employee_id", "outlet", "occurred_at", "recorded_at", "known_at", "amount", "currency", "payload", "payload_version", "source", "source_ref", "corrects", "superseded_by", "identity_id", "contact_point_id", "actor"], "types": {"seq": "integer", "customer_id": "integer", "type": "text", "channel": "text", "direction": "text", "employee_id": "integer", "outlet": "text", "occurred_at": "integer", "recorded_at": "integer", "known_at": "integer", "amount": "integer", "currency": "text", "payload": "text", "payload_version": "integer", "source": "text", "source_ref": "text", "corrects": "integer", "superseded_by": "integer", "identity_id": "integer", "contact_point_id": "integer", "actor": "text"}, "nullable": ["customer_id", "channel", "direction", "employee_id", "outlet", "amount", "currency", "source", "source_ref", "corrects", "superseded_by", "identity_id", "contact_point_id"], "unique": [{"columns": ["source", "source_ref"], "where": "source_ref IS NOT NULL"}], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO ownership VALUES('change','core','{"table": "change", "key": ["seq"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"old": {"of": null, "blank": null}, "new": {"of": null, "blank": null}, "salt": {"of": null, "blank": null}}, "employees": {}, "columns": ["seq", "at", "actor", "action", "entity", "entity_id", "customer_id", "field", "old", "new", "source", "origin", "salt", "digest", "hash"], "types": {"seq": "integer", "at": "integer", "actor": "text", "action": "text", "entity": "text", "entity_id": "integer", "customer_id": "integer", "field": "text", "old": "text", "new": "text", "source": "text", "origin": "text", "salt": "text", "digest": "text", "hash": "text"}, "nullable": ["customer_id", "old", "new", "salt"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('segment_stay','core','{"table": "segment_stay", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"entered_at": "min"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "segment", "customer_id", "entered_at", "left_at"], "types": {"id": "integer", "segment": "text", "customer_id": "integer", "entered_at": "integer", "left_at": "integer"}, "nullable": ["left_at"], "unique": [{"columns": ["segment", "customer_id"], "where": "left_at IS NULL"}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('trait_value','core','{"table": "trait_value", "key": ["id"], "ownership": {"conflict": {"keep": "newest:computed_at", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"number": {"of": null, "blank": null}, "text": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "trait", "number", "text", "computed_at"], "types": {"id": "integer", "customer_id": "integer", "trait": "text", "number": "integer", "text": "text", "computed_at": "integer"}, "nullable": ["number", "text"], "unique": [{"columns": ["trait", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('goal_course','core','{"table": "goal_course", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "numbers over many customers", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "goal", "asked", "starts_on", "ends_on", "numerator", "denominator", "at"], "types": {"id": "integer", "goal": "text", "asked": "text", "starts_on": "text", "ends_on": "text", "numerator": "integer", "denominator": "integer", "at": "integer"}, "nullable": ["denominator"], "unique": [{"columns": ["goal", "asked", "starts_on"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('plan','core','{"table": "plan", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "rules and counts; whom a plan is about stands in its acts", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "state", "digest", "content", "effective", "counts", "applied_at", "undone_at"], "types": {"id": "integer", "at": "integer", "actor": "text", "state": "text", "digest": "text", "content": "text", "effective": "text", "counts": "text", "applied_at": "integer", "undone_at": "integer"}, "nullable": ["applied_at", "undone_at"], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('plan_act','core','{"table": "plan_act", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"params": {"of": null, "blank": null}, "says": {"of": null, "blank": null}, "reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "plan_id", "rule", "step", "occasion", "customer_id", "action", "params", "says", "state", "gate", "reason", "until", "arm"], "types": {"id": "integer", "plan_id": "integer", "rule": "text", "step": "text", "occasion": "text", "customer_id": "integer", "action": "text", "params": "text", "says": "text", "state": "text", "gate": "text", "reason": "text", "until": "integer", "arm": "text"}, "nullable": ["gate", "reason", "until", "arm"], "unique": [], "refers": {"customer_id": "customer", "plan_id": "plan"}}');
INSERT INTO ownership VALUES('decision','core','{"table": "decision", "key": ["id"], "ownership": {"conflict": {"keep": "newest:at", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "origin", "step", "customer_id", "gate", "reason", "plan_id", "at"], "types": {"id": "integer", "origin": "text", "step": "text", "customer_id": "integer", "gate": "text", "reason": "text", "plan_id": "integer", "at": "integer"}, "nullable": [], "unique": [{"columns": ["origin", "step", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('effect','core','{"table": "effect", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"params": {"of": null, "blank": "{}"}, "reason": {"of": null, "blank": null}, "result": {"of": null, "blank": null}, "recipient": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "origin", "step", "occasion", "customer_id", "plan_id", "action", "params", "state", "reason", "result", "actor", "created_at", "settled_at", "undone_at", "channel", "purpose", "contact_at", "recipient", "due_at", "attempts", "give_up_at", "lease_until", "token", "rehearsed", "arm"], "types": {"id": "integer", "origin": "text", "step": "text", "occasion": "text", "customer_id": "integer", "plan_id": "integer", "action": "text", "params": "text", "state": "text", "reason": "text", "result": "text", "actor": "text", "created_at": "integer", "settled_at": "integer", "undone_at": "integer", "channel": "text", "purpose": "text", "contact_at": "integer", "recipient": "text", "due_at": "integer", "attempts": "integer", "give_up_at": "integer", "lease_until": "integer", "token": "integer", "rehearsed": "integer", "arm": "text"}, "nullable": ["customer_id", "plan_id", "reason", "result", "settled_at", "undone_at", "channel", "purpose", "contact_at", "recipient", "due_at", "give_up_at", "lease_until", "arm"], "unique": [{"columns": ["origin", "step", "occasion", "customer_id", "rehearsed"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('message_template','core','{"table": "message_template", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "texts for everybody", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "version", "digest", "content", "at"], "types": {"id": "integer", "name": "text", "version": "integer", "digest": "text", "content": "text", "at": "integer"}, "nullable": [], "unique": [{"columns": ["name", "digest"], "where": null}, {"columns": ["name", "version"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('rule','core','{"table": "rule", "key": ["name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "rules", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["name", "digest", "proven_at", "planned_at", "planned_seq", "shares", "measured_since", "decided_at"], "types": {"name": "text", "digest": "text", "proven_at": "integer", "planned_at": "integer", "planned_seq": "integer", "shares": "text", "measured_since": "integer", "decided_at": "integer"}, "nullable": ["digest", "proven_at", "planned_at", "planned_seq", "shares", "measured_since", "decided_at"], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('send_rate','core','{"table": "send_rate", "key": ["channel", "key"], "ownership": {"conflict": null, "self_link": null, "impersonal": "how quickly messages leave", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["channel", "key", "at"], "types": {"channel": "text", "key": "text", "at": "integer"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('hold_on','core','{"table": "hold_on", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what is paused", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "name", "at", "until", "actor"], "types": {"id": "integer", "kind": "text", "name": "text", "at": "integer", "until": "integer", "actor": "text"}, "nullable": ["until"], "unique": [{"columns": ["kind", "name"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('setting','core','{"table": "setting", "key": ["key"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["key", "value"], "types": {"key": "text", "value": "text"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('plugin','core','{"table": "plugin", "key": ["name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["name", "version", "deciders", "restricts", "tables", "words", "loaded_at"], "types": {"name": "text", "version": "text", "deciders": "text", "restricts": "integer", "tables": "text", "words": "text", "loaded_at": "integer"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('observer','core','{"table": "observer", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "plugin", "hook", "position", "failures", "retry_at", "quarantined_at", "error"], "types": {"id": "integer", "plugin": "text", "hook": "text", "position": "integer", "failures": "integer", "retry_at": "integer", "quarantined_at": "integer", "error": "text"}, "nullable": ["retry_at", "quarantined_at", "error"], "unique": [{"columns": ["plugin", "hook"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('exchange_rate','core','{"table": "exchange_rate", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what currencies are worth", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "currency", "base", "valid_from", "mantissa", "exponent", "source"], "types": {"id": "integer", "currency": "text", "base": "text", "valid_from": "text", "mantissa": "integer", "exponent": "integer", "source": "text"}, "nullable": [], "unique": [{"columns": ["currency", "base", "valid_from"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('ownership','core','{"table": "ownership", "key": ["table_name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["table_name", "plugin", "contract"], "types": {"table_name": "text", "plugin": "text", "contract": "text"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('job','core','{"table": "job", "key": ["name"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["name", "due_at", "lease_until", "lease_token", "failures", "error", "finished_at"], "types": {"name": "text", "due_at": "integer", "lease_until": "integer", "lease_token": "text", "failures": "integer", "error": "text", "finished_at": "integer"}, "nullable": ["lease_until", "lease_token", "error", "finished_at"], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('import_run','core','{"table": "import_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "file", "digest", "mapping", "position", "counts", "state", "started_at", "finished_at", "actor", "rejects_file", "undone_at"], "types": {"id": "integer", "kind": "text", "file": "text", "digest": "text", "mapping": "text", "position": "integer", "counts": "text", "state": "text", "started_at": "integer", "finished_at": "integer", "actor": "text", "rejects_file": "text", "undone_at": "integer"}, "nullable": ["finished_at", "rejects_file", "undone_at"], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('import_batch','core','{"table": "import_batch", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "run_id", "position", "first_seq", "last_seq", "first_change", "last_change"], "types": {"id": "integer", "run_id": "integer", "position": "integer", "first_seq": "integer", "last_seq": "integer", "first_change": "integer", "last_change": "integer"}, "nullable": ["first_seq", "last_seq", "first_change", "last_change"], "unique": [], "refers": {"run_id": "import_run"}}');
INSERT INTO ownership VALUES('review','core','{"table": "review", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"item": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "kind", "source", "item", "candidates", "created_at", "settled_at"], "types": {"id": "integer", "customer_id": "integer", "kind": "text", "source": "text", "item": "text", "candidates": "text", "created_at": "integer", "settled_at": "integer"}, "nullable": ["customer_id", "settled_at"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('customer_alias','core','{"table": "customer_alias", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "uid", "customer_id"], "types": {"id": "integer", "uid": "text", "customer_id": "integer"}, "nullable": [], "unique": [{"columns": ["uid"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('merge_run','core','{"table": "merge_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "source", "pairs", "state", "undone_at"], "types": {"id": "integer", "at": "integer", "actor": "text", "source": "text", "pairs": "integer", "state": "text", "undone_at": "integer"}, "nullable": ["undone_at"], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('merge','core','{"table": "merge", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "run_id", "loser_id", "loser_uid", "survivor_id", "survivor_uid", "state"], "types": {"id": "integer", "run_id": "integer", "loser_id": "integer", "loser_uid": "text", "survivor_id": "integer", "survivor_uid": "text", "state": "text"}, "nullable": [], "unique": [], "refers": {"run_id": "merge_run"}}');
INSERT INTO ownership VALUES('merge_moved','core','{"table": "merge_moved", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "merge_id", "table_name", "column_name", "row_id", "old_id", "new_id"], "types": {"id": "integer", "merge_id": "integer", "table_name": "text", "column_name": "text", "row_id": "integer", "old_id": "integer", "new_id": "integer"}, "nullable": [], "unique": [], "refers": {"merge_id": "merge"}}');
INSERT INTO ownership VALUES('merge_removed','core','{"table": "merge_removed", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "merge_id", "table_name", "row_id", "winner_id", "image"], "types": {"id": "integer", "merge_id": "integer", "table_name": "text", "row_id": "integer", "winner_id": "integer", "image": "text"}, "nullable": ["winner_id", "image"], "unique": [], "refers": {"merge_id": "merge"}}');
INSERT INTO ownership VALUES('merge_value','core','{"table": "merge_value", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "the journal of merges, which an erasure empties by a rule of its own", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "merge_id", "table_name", "column_name", "row_id", "how", "old", "new"], "types": {"id": "integer", "merge_id": "integer", "table_name": "text", "column_name": "text", "row_id": "integer", "how": "text", "old": "text", "new": "text"}, "nullable": ["old", "new"], "unique": [], "refers": {"merge_id": "merge"}}');
INSERT INTO ownership VALUES('duplicate','core','{"table": "duplicate", "key": ["id"], "ownership": {"conflict": {"keep": "newest:settled_at", "combine": {}}, "self_link": "drop", "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}, "other_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "other_id", "score", "reasons", "state", "found_at", "settled_at", "actor"], "types": {"id": "integer", "customer_id": "integer", "other_id": "integer", "score": "integer", "reasons": "text", "state": "text", "found_at": "integer", "settled_at": "integer", "actor": "text"}, "nullable": ["settled_at"], "unique": [{"columns": ["customer_id", "other_id"], "where": null}], "refers": {"customer_id": "customer", "other_id": "customer"}}');
INSERT INTO ownership VALUES('edit_run','core','{"table": "edit_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what was edited in bulk, without values", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "what", "customers", "log_position", "state", "undone_at"], "types": {"id": "integer", "at": "integer", "actor": "text", "what": "text", "customers": "integer", "log_position": "integer", "state": "text", "undone_at": "integer"}, "nullable": ["undone_at"], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('access','core','{"table": "access", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "at", "actor", "action", "what", "customer_id", "customers", "detail"], "types": {"id": "integer", "at": "integer", "actor": "text", "action": "text", "what": "text", "customer_id": "integer", "customers": "integer", "detail": "text"}, "nullable": ["customer_id"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('privacy_request','core','{"table": "privacy_request", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"note": {"of": null, "blank": ""}, "outcome": {"of": null, "blank": ""}}, "employees": {}, "columns": ["id", "customer_id", "uid", "kind", "received_at", "due_on", "state", "channel", "note", "actor", "settled_at", "outcome"], "types": {"id": "integer", "customer_id": "integer", "uid": "text", "kind": "text", "received_at": "integer", "due_on": "text", "state": "text", "channel": "text", "note": "text", "actor": "text", "settled_at": "integer", "outcome": "text"}, "nullable": ["customer_id", "settled_at"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('legal_hold','core','{"table": "legal_hold", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "reason", "since", "until", "lifted_at", "actor"], "types": {"id": "integer", "customer_id": "integer", "reason": "text", "since": "integer", "until": "text", "lifted_at": "integer", "actor": "text"}, "nullable": ["until", "lifted_at"], "unique": [], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('erasure','core','{"table": "erasure", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "uids of erased customers, which name nobody", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "uid", "at", "actor", "request_id", "counts", "state", "scrubbed_at"], "types": {"id": "integer", "uid": "text", "at": "integer", "actor": "text", "request_id": "integer", "counts": "text", "state": "text", "scrubbed_at": "integer"}, "nullable": ["request_id", "scrubbed_at"], "unique": [{"columns": ["uid"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('suppression','core','{"table": "suppression", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "keyed hashes, from which no address can be read", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "digest", "purpose", "reason", "scope", "at", "until", "note", "actor", "lifted_at", "lifted_by", "because"], "types": {"id": "integer", "kind": "text", "digest": "text", "purpose": "text", "reason": "text", "scope": "text", "at": "integer", "until": "integer", "note": "text", "actor": "text", "lifted_at": "integer", "lifted_by": "text", "because": "text"}, "nullable": ["until", "lifted_at"], "unique": [{"columns": ["digest", "purpose", "reason"], "where": "lifted_at IS NULL"}], "refers": {}}');
INSERT INTO ownership VALUES('incoming','core','{"table": "incoming", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what this installation notes of its own work", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "message_id", "at", "run_id", "error"], "types": {"id": "integer", "name": "text", "message_id": "text", "at": "integer", "run_id": "integer", "error": "text"}, "nullable": ["run_id", "error"], "unique": [{"columns": ["name", "message_id"], "where": null}], "refers": {"run_id": "import_run"}}');
INSERT INTO ownership VALUES('numbering','core','{"table": "numbering", "key": ["series"], "ownership": {"conflict": null, "self_link": null, "impersonal": "crmkit''s own bookkeeping", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["series", "last"], "types": {"series": "text", "last": "integer"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('address_strike','core','{"table": "address_strike", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "keyed hashes, from which no address can be read", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "kind", "digest", "score", "at"], "types": {"id": "integer", "kind": "text", "digest": "text", "score": "integer", "at": "integer"}, "nullable": [], "unique": [{"columns": ["digest"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('customer_field','core','{"table": "customer_field", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"*": "first_non_null"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"birthday": {"of": null, "blank": null}, "bread": {"of": null, "blank": null}, "lead_source": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "birthday", "bread", "lead_source"], "types": {"id": "integer", "customer_id": "integer", "birthday": "text", "bread": "text", "lead_source": "text"}, "nullable": ["birthday", "bread", "lead_source"], "unique": [{"columns": ["customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('customer_choice','core','{"table": "customer_choice", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"value": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "field", "value"], "types": {"id": "integer", "customer_id": "integer", "field": "text", "value": "text"}, "nullable": [], "unique": [{"columns": ["customer_id", "field", "value"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('operational_lead','operational','{"table": "operational_lead", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {"*": "first_non_null"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"need": {"of": null, "blank": null}, "budget": {"of": null, "blank": null}, "authority": {"of": null, "blank": null}, "timeframe": {"of": null, "blank": null}}, "employees": {"assigned_to": {"handover": "keep", "until": null, "reason": "It says whose turn it was; whose lead it is now, the customer''s owner says"}}, "columns": ["id", "customer_id", "need", "budget", "authority", "timeframe", "qualified_at", "rule", "assigned_to", "assigned_at", "deal", "converted_at", "lost_reason", "lost_at"], "types": {"id": "integer", "customer_id": "integer", "need": "text", "budget": "integer", "authority": "text", "timeframe": "text", "qualified_at": "integer", "rule": "text", "assigned_to": "integer", "assigned_at": "integer", "deal": "text", "converted_at": "integer", "lost_reason": "text", "lost_at": "integer"}, "nullable": ["need", "budget", "authority", "timeframe", "qualified_at", "rule", "assigned_to", "assigned_at", "deal", "converted_at", "lost_reason", "lost_at"], "unique": [{"columns": ["customer_id"], "where": null}], "refers": {"assigned_to": "employee", "customer_id": "customer"}}');
INSERT INTO ownership VALUES('operational_deal_contact','operational','{"table": "operational_deal_contact", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "deal_id", "customer_id", "role", "created_at"], "types": {"id": "integer", "deal_id": "integer", "customer_id": "integer", "role": "text", "created_at": "integer"}, "nullable": [], "unique": [{"columns": ["deal_id", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('operational_product','operational','{"table": "operational_product", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what is sold, whoever buys it", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "sku", "name", "unit", "tax_rate", "created_at", "updated_at", "archived_at"], "types": {"id": "integer", "sku": "text", "name": "text", "unit": "text", "tax_rate": "text", "created_at": "integer", "updated_at": "integer", "archived_at": "integer"}, "nullable": ["archived_at"], "unique": [{"columns": ["sku"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('operational_price','operational','{"table": "operational_price", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what is asked for a product, whoever buys it", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "product_id", "price_list", "currency", "from_quantity", "amount", "valid_from", "valid_until"], "types": {"id": "integer", "product_id": "integer", "price_list": "text", "currency": "text", "from_quantity": "text", "amount": "integer", "valid_from": "text", "valid_until": "text"}, "nullable": ["valid_until"], "unique": [{"columns": ["product_id", "price_list", "currency", "from_quantity", "valid_from"], "where": null}], "refers": {"product_id": "operational_product"}}');
INSERT INTO ownership VALUES('operational_quote_line','operational','{"table": "operational_quote_line", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "quote_id", "position", "sku", "name", "unit", "quantity", "currency", "unit_price", "discount", "tax_rate", "net", "tax"], "types": {"id": "integer", "customer_id": "integer", "quote_id": "integer", "position": "integer", "sku": "text", "name": "text", "unit": "text", "quantity": "text", "currency": "text", "unit_price": "integer", "discount": "text", "tax_rate": "text", "net": "integer", "tax": "integer"}, "nullable": [], "unique": [{"columns": ["quote_id", "position"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('operational_points_entry','operational','{"table": "operational_points_entry", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"because_of": {"of": null, "blank": null}, "note": {"of": null, "blank": null}}, "employees": {"employee_id": {"handover": "keep", "until": null, "reason": "who did it stays on record"}}, "columns": ["id", "customer_id", "card", "account", "points", "kind", "rule", "about", "because_of", "at", "known_at", "expires_at", "note", "employee_id"], "types": {"id": "integer", "customer_id": "integer", "card": "text", "account": "text", "points": "integer", "kind": "text", "rule": "text", "about": "integer", "because_of": "text", "at": "integer", "known_at": "integer", "expires_at": "integer", "note": "text", "employee_id": "integer"}, "nullable": ["customer_id", "rule", "about", "because_of", "expires_at", "note", "employee_id"], "unique": [{"columns": ["because_of", "account"], "where": null}], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO ownership VALUES('operational_coupon','operational','{"table": "operational_coupon", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"code": {"of": null, "blank": null}, "because_of": {"of": null, "blank": null}}, "employees": {"employee_id": {"handover": "keep", "until": null, "reason": "who did it stays on record"}}, "columns": ["id", "customer_id", "code", "reward", "issued_at", "valid_until", "redeemed_at", "voided_at", "because_of", "employee_id"], "types": {"id": "integer", "customer_id": "integer", "code": "text", "reward": "text", "issued_at": "integer", "valid_until": "integer", "redeemed_at": "integer", "voided_at": "integer", "because_of": "text", "employee_id": "integer"}, "nullable": ["valid_until", "redeemed_at", "voided_at", "because_of", "employee_id"], "unique": [{"columns": ["because_of"], "where": null}, {"columns": ["code"], "where": null}], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO ownership VALUES('operational_tier','operational','{"table": "operational_tier", "key": ["id"], "ownership": {"conflict": {"keep": "newest:since", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "tier", "since"], "types": {"id": "integer", "customer_id": "integer", "tier": "text", "since": "integer"}, "nullable": ["tier"], "unique": [{"columns": ["customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('analytical_fit','analytical','{"table": "analytical_fit", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "parameters of models fitted to everybody''s purchases", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "as_of", "model", "unit", "status", "reason", "customers", "params", "standard_errors", "log_likelihood"], "types": {"id": "integer", "at": "integer", "as_of": "integer", "model": "text", "unit": "text", "status": "text", "reason": "text", "customers": "integer", "params": "text", "standard_errors": "text", "log_likelihood": "text"}, "nullable": ["log_likelihood"], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('email_folder','email','{"table": "email_folder", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "how far each folder of the mail server has been read", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "account", "folder", "uid_validity", "last_uid", "read_at", "failed_at", "error"], "types": {"id": "integer", "account": "text", "folder": "text", "uid_validity": "integer", "last_uid": "integer", "read_at": "integer", "failed_at": "integer", "error": "text"}, "nullable": ["read_at", "failed_at", "error"], "unique": [{"columns": ["account", "folder"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('email_parked','email','{"table": "email_parked", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "where messages lie that could not be read; nothing that is in them", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "place", "key", "reason", "at", "tries"], "types": {"id": "integer", "place": "text", "key": "text", "reason": "text", "at": "integer", "tries": "integer"}, "nullable": [], "unique": [{"columns": ["place", "key"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('email_link','email','{"table": "email_link", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "Addresses that templates have for everybody alike", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "url", "digest"], "types": {"id": "integer", "url": "text", "digest": "text"}, "nullable": [], "unique": [{"columns": ["digest"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('email_hit','email','{"table": "email_hit", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {}, "employees": {}, "columns": ["id", "customer_id", "effect", "link_id", "at", "machine", "noted_at"], "types": {"id": "integer", "customer_id": "integer", "effect": "integer", "link_id": "integer", "at": "integer", "machine": "text", "noted_at": "integer"}, "nullable": ["link_id", "noted_at"], "unique": [], "refers": {"customer_id": "customer", "link_id": "email_link"}}');
INSERT INTO ownership VALUES('email_preflight','email','{"table": "email_preflight", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "The business''s own domain and settings", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "at", "domain", "errors", "warnings", "unknown", "names"], "types": {"id": "integer", "at": "integer", "domain": "text", "errors": "integer", "warnings": "integer", "unknown": "integer", "names": "text"}, "nullable": [], "unique": [], "refers": {}}');
INSERT INTO ownership VALUES('campaign_run','campaign','{"table": "campaign_run", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what was to be sent, and when; to whom stands in its recipients", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "campaign", "number", "kind", "state", "rehearsed", "said", "digest", "max_audience", "confirmed_at", "confirmed_by", "looked_at", "looked_seq", "held", "allowed", "finished_at"], "types": {"id": "integer", "campaign": "text", "number": "integer", "kind": "text", "state": "text", "rehearsed": "integer", "said": "text", "digest": "text", "max_audience": "integer", "confirmed_at": "integer", "confirmed_by": "text", "looked_at": "integer", "looked_seq": "integer", "held": "text", "allowed": "integer", "finished_at": "integer"}, "nullable": ["max_audience", "held", "allowed", "finished_at"], "unique": [{"columns": ["campaign", "number"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('campaign_recipient','campaign','{"table": "campaign_recipient", "key": ["id"], "ownership": {"conflict": {"keep": "survivor", "combine": {}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "blank", "reason": ""}}, "personal": {"reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "run_id", "occasion", "customer_id", "due_at", "gate", "reason"], "types": {"id": "integer", "run_id": "integer", "occasion": "text", "customer_id": "integer", "due_at": "integer", "gate": "text", "reason": "text"}, "nullable": ["customer_id", "gate", "reason"], "unique": [{"columns": ["run_id", "occasion", "customer_id"], "where": null}], "refers": {"customer_id": "customer", "run_id": "campaign_run"}}');
INSERT INTO ownership VALUES('campaign_journey','campaign','{"table": "campaign_journey", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "which journeys run", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "name", "state", "version", "started_at", "started_by", "seen_seq", "seen_change", "taken_in_for"], "types": {"id": "integer", "name": "text", "state": "text", "version": "integer", "started_at": "integer", "started_by": "text", "seen_seq": "integer", "seen_change": "integer", "taken_in_for": "integer"}, "nullable": ["taken_in_for"], "unique": [{"columns": ["name"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('campaign_journey_version','campaign','{"table": "campaign_journey_version", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": "what journeys say", "fill": []}, "links": {}, "personal": {}, "employees": {}, "columns": ["id", "journey", "number", "digest", "content", "at"], "types": {"id": "integer", "journey": "text", "number": "integer", "digest": "text", "content": "text", "at": "integer"}, "nullable": [], "unique": [{"columns": ["journey", "number"], "where": null}], "refers": {}}');
INSERT INTO ownership VALUES('campaign_journey_person','campaign','{"table": "campaign_journey_person", "key": ["id"], "ownership": {"conflict": {"keep": "newest:entered_at", "combine": {"entries": "sum"}}, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"why": {"of": null, "blank": null}, "left_out": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "journey", "version", "customer_id", "occasion", "step", "since", "arrived_at", "due_at", "state", "why", "left_out", "entered_at", "ended_at", "entries"], "types": {"id": "integer", "journey": "text", "version": "integer", "customer_id": "integer", "occasion": "text", "step": "text", "since": "integer", "arrived_at": "integer", "due_at": "integer", "state": "text", "why": "text", "left_out": "text", "entered_at": "integer", "ended_at": "integer", "entries": "integer"}, "nullable": ["due_at", "why", "left_out", "ended_at"], "unique": [{"columns": ["journey", "customer_id"], "where": null}], "refers": {"customer_id": "customer"}}');
INSERT INTO ownership VALUES('operational_case','operational','{"table": "operational_case", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "subject": {"of": null, "blank": null}, "text": {"of": null, "blank": null}, "satisfaction": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "subject", "text", "priority", "channel", "satisfaction", "parent", "merged_into", "routed_by", "opened_at", "respond_by", "resolve_by", "responded_at", "resolved_at", "paused_since", "escalated_at", "next_at", "response_minutes", "resolution_minutes", "paused", "reopened", "overdue"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "subject": "text", "text": "text", "priority": "text", "channel": "text", "satisfaction": "integer", "parent": "text", "merged_into": "text", "routed_by": "text", "opened_at": "integer", "respond_by": "integer", "resolve_by": "integer", "responded_at": "integer", "resolved_at": "integer", "paused_since": "integer", "escalated_at": "integer", "next_at": "integer", "response_minutes": "integer", "resolution_minutes": "integer", "paused": "integer", "reopened": "integer", "overdue": "text"}, "nullable": ["employee_id", "state", "archived_at", "subject", "text", "priority", "channel", "satisfaction", "parent", "merged_into", "routed_by", "opened_at", "respond_by", "resolve_by", "responded_at", "resolved_at", "paused_since", "escalated_at", "next_at", "response_minutes", "resolution_minutes", "paused", "reopened", "overdue"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO ownership VALUES('operational_deal','operational','{"table": "operational_deal", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "name": {"of": null, "blank": null}, "value": {"of": null, "blank": null}, "close_on": {"of": null, "blank": null}, "next_step": {"of": null, "blank": null}, "next_on": {"of": null, "blank": null}, "amount": {"of": null, "blank": null}, "currency": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "name", "value", "close_on", "next_step", "next_on", "probability", "commitment", "pipeline", "product_family", "source", "lost_reason", "amount", "currency", "opened_on", "stage_since"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "name": "text", "value": "integer", "close_on": "text", "next_step": "text", "next_on": "text", "probability": "integer", "commitment": "text", "pipeline": "text", "product_family": "text", "source": "text", "lost_reason": "text", "amount": "integer", "currency": "text", "opened_on": "text", "stage_since": "integer"}, "nullable": ["employee_id", "state", "archived_at", "name", "value", "close_on", "next_step", "next_on", "probability", "commitment", "pipeline", "product_family", "source", "lost_reason", "amount", "currency", "opened_on", "stage_since"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO ownership VALUES('operational_quote','operational','{"table": "operational_quote", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "subject": {"of": null, "blank": null}, "decline_reason": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "number", "subject", "currency", "valid_until", "discount", "prices", "total_net", "total_tax", "total_gross", "deal", "sent_at", "accepted_at", "decline_reason", "version_of"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "number": "text", "subject": "text", "currency": "text", "valid_until": "text", "discount": "integer", "prices": "text", "total_net": "integer", "total_tax": "integer", "total_gross": "integer", "deal": "text", "sent_at": "integer", "accepted_at": "integer", "decline_reason": "text", "version_of": "text"}, "nullable": ["employee_id", "state", "archived_at", "number", "subject", "currency", "valid_until", "discount", "prices", "total_net", "total_tax", "total_gross", "deal", "sent_at", "accepted_at", "decline_reason", "version_of"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
INSERT INTO ownership VALUES('operational_task','operational','{"table": "operational_task", "key": ["id"], "ownership": {"conflict": null, "self_link": null, "impersonal": null, "fill": []}, "links": {"customer_id": {"via": null, "erase": "delete", "reason": ""}}, "personal": {"title": {"of": null, "blank": ""}, "fold": {"of": null, "blank": ""}, "subject": {"of": null, "blank": null}, "notes": {"of": null, "blank": null}}, "employees": {}, "columns": ["id", "customer_id", "employee_id", "state", "title", "fold", "version", "created_at", "updated_at", "archived_at", "subject", "due", "due_time", "remind_at", "repeat", "team", "priority", "notes", "done_at", "because_of"], "types": {"id": "integer", "customer_id": "integer", "employee_id": "integer", "state": "text", "title": "text", "fold": "text", "version": "integer", "created_at": "integer", "updated_at": "integer", "archived_at": "integer", "subject": "text", "due": "text", "due_time": "text", "remind_at": "integer", "repeat": "text", "team": "text", "priority": "text", "notes": "text", "done_at": "integer", "because_of": "text"}, "nullable": ["employee_id", "state", "archived_at", "subject", "due", "due_time", "remind_at", "repeat", "team", "priority", "notes", "done_at", "because_of"], "unique": [], "refers": {"customer_id": "customer", "employee_id": "employee"}}');
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
INSERT INTO job VALUES('segments',1795460777157780,NULL,NULL,0,NULL,1795374377157780);
INSERT INTO job VALUES('traits',1795377982054824,NULL,NULL,0,NULL,1795374382054824);
INSERT INTO job VALUES('goals',1795460783398751,NULL,NULL,0,NULL,1795374383398751);
INSERT INTO job VALUES('rules',1795374385762049,NULL,NULL,0,NULL,1795374385762049);
INSERT INTO job VALUES('effects',1795374390767643,NULL,NULL,0,NULL,1795374385767643);
INSERT INTO job VALUES('scrub',1795374445816051,NULL,NULL,0,NULL,1795374385816051);
INSERT INTO job VALUES('retention',1795460785909950,NULL,NULL,0,NULL,1795374385909950);
INSERT INTO job VALUES('duplicates',1795460786415496,NULL,NULL,0,NULL,1795374386415496);
INSERT INTO job VALUES('incoming',1795460787100514,NULL,NULL,0,NULL,1795374387100514);
INSERT INTO job VALUES('operational.expire_quotes',1795377987140015,NULL,NULL,0,NULL,1795374387140015);
INSERT INTO job VALUES('operational.case_clocks',1795374447188716,NULL,NULL,0,NULL,1795374387188716);
INSERT INTO job VALUES('operational.points',1795377987240623,NULL,NULL,0,NULL,1795374387240623);
INSERT INTO job VALUES('operational.tiers',1795377987289471,NULL,NULL,0,NULL,1795374387289471);
INSERT INTO job VALUES('analytical.value',1795377987402678,NULL,NULL,0,NULL,1795374387402678);
INSERT INTO job VALUES('email.read_maildir',1795374447905292,NULL,NULL,0,NULL,1795374387905292);
INSERT INTO job VALUES('email.read_mailbox',1795377987973273,NULL,NULL,0,NULL,1795374387973273);
INSERT INTO job VALUES('email.note_clicks',1795374393006638,NULL,NULL,0,NULL,1795374388006638);
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
, undone_at BIGINT);
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
CREATE TABLE crmkit_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT crmkit_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO crmkit_schema_version VALUES('0005');
CREATE TABLE customer_alias (
	id INTEGER NOT NULL, 
	uid TEXT NOT NULL, 
	customer_id BIGINT NOT NULL, 
	CONSTRAINT pk_customer_alias PRIMARY KEY (id), 
	CONSTRAINT fk_customer_alias_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_customer_alias_uid UNIQUE (uid)
);
INSERT INTO customer_alias VALUES(3,'01a204a2-84f2-70a9-bd0c-710084ee9be1',2);
CREATE TABLE merge_run (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	source TEXT NOT NULL, 
	pairs BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	undone_at BIGINT
);
INSERT INTO merge_run VALUES(1,1795374273448937,'crmkit','',1,'merged',NULL);
CREATE TABLE merge (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	run_id BIGINT NOT NULL, 
	loser_id BIGINT NOT NULL, 
	loser_uid TEXT NOT NULL, 
	survivor_id BIGINT NOT NULL, 
	survivor_uid TEXT NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT fk_merge_run_id FOREIGN KEY(run_id) REFERENCES merge_run (id)
);
INSERT INTO merge VALUES(1,1,3,'01a204a2-84f2-70a9-bd0c-710084ee9be1',2,'01a204a2-564d-715a-b90f-7d361972ab88','merged');
CREATE TABLE merge_moved (
	id INTEGER NOT NULL, 
	merge_id BIGINT NOT NULL, 
	table_name TEXT NOT NULL, 
	column_name TEXT NOT NULL, 
	row_id BIGINT NOT NULL, 
	old_id BIGINT NOT NULL, 
	new_id BIGINT NOT NULL, 
	CONSTRAINT pk_merge_moved PRIMARY KEY (id), 
	CONSTRAINT fk_merge_moved_merge_id FOREIGN KEY(merge_id) REFERENCES merge (id)
);
INSERT INTO merge_moved VALUES(1,1,'contact_point','customer_id',4,3,2);
INSERT INTO merge_moved VALUES(2,1,'change','customer_id',6,3,2);
CREATE TABLE merge_removed (
	id INTEGER NOT NULL, 
	merge_id BIGINT NOT NULL, 
	table_name TEXT NOT NULL, 
	row_id BIGINT NOT NULL, 
	winner_id BIGINT, 
	image TEXT, 
	CONSTRAINT pk_merge_removed PRIMARY KEY (id), 
	CONSTRAINT fk_merge_removed_merge_id FOREIGN KEY(merge_id) REFERENCES merge (id)
);
INSERT INTO merge_removed VALUES(1,1,'customer',3,2,'{"id":3,"uid":"01a204a2-84f2-70a9-bd0c-710084ee9be1","is_organization":0,"name":"J. Wilk","given_name":"","family_name":"","fold":"j wilk j wilk example org","lifecycle":"prospect","customer_type":null,"owner_id":null,"locale":null,"timezone":null,"preferred_channel":null,"preferred_time":null,"archived_at":null,"version":1,"created_at":1795374089458006,"source":"","restricted_at":null}');
CREATE TABLE merge_value (
	id INTEGER NOT NULL, 
	merge_id BIGINT NOT NULL, 
	table_name TEXT NOT NULL, 
	column_name TEXT NOT NULL, 
	row_id BIGINT NOT NULL, 
	how TEXT NOT NULL, 
	old TEXT, 
	new TEXT, 
	CONSTRAINT pk_merge_value PRIMARY KEY (id), 
	CONSTRAINT fk_merge_value_merge_id FOREIGN KEY(merge_id) REFERENCES merge (id)
);
INSERT INTO merge_value VALUES(1,1,'contact_point','is_primary',4,'replaced','1','0');
INSERT INTO merge_value VALUES(2,1,'customer','fold',2,'replaced','"jan wilk jan example org 48512000001 512000001"','"jan wilk jan example org 48512000001 512000001 j wilk example org"');
INSERT INTO merge_value VALUES(3,1,'','',0,'marks',NULL,'{"access":0,"campaign_journey_person":0,"campaign_recipient":0,"change":16,"consent":2,"contact_point":6,"customer_alias":3,"customer_choice":0,"customer_field":1,"customer_tag":1,"decision":0,"duplicate":0,"effect":0,"email_hit":0,"identity":0,"interaction":9,"legal_hold":0,"operational_case":1,"operational_coupon":1,"operational_deal":1,"operational_deal_contact":0,"operational_lead":0,"operational_points_entry":10,"operational_quote":1,"operational_quote_line":0,"operational_task":1,"operational_tier":0,"plan_act":0,"preference":0,"privacy_request":0,"relationship":0,"review":0,"segment_stay":0,"trait_value":0}');
CREATE TABLE duplicate (
	id INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	other_id BIGINT NOT NULL, 
	score BIGINT NOT NULL, 
	reasons TEXT NOT NULL, 
	state TEXT NOT NULL, 
	found_at BIGINT NOT NULL, 
	settled_at BIGINT, 
	actor TEXT NOT NULL, 
	CONSTRAINT pk_duplicate PRIMARY KEY (id), 
	CONSTRAINT fk_duplicate_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_duplicate_other_id FOREIGN KEY(other_id) REFERENCES customer (id), 
	CONSTRAINT uq_duplicate_customer_id_other_id UNIQUE (customer_id, other_id)
);
CREATE TABLE edit_run (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	what TEXT NOT NULL, 
	customers BIGINT NOT NULL, 
	log_position BIGINT NOT NULL, 
	state TEXT NOT NULL, 
	undone_at BIGINT
);
CREATE TABLE import_batch (
	id INTEGER NOT NULL, 
	run_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	first_seq BIGINT, 
	last_seq BIGINT, 
	first_change BIGINT, 
	last_change BIGINT, 
	CONSTRAINT pk_import_batch PRIMARY KEY (id), 
	CONSTRAINT fk_import_batch_run_id FOREIGN KEY(run_id) REFERENCES import_run (id)
);
CREATE TABLE access (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	action TEXT NOT NULL, 
	what TEXT NOT NULL, 
	customer_id BIGINT, 
	customers BIGINT NOT NULL, 
	detail TEXT NOT NULL, 
	CONSTRAINT fk_access_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO access VALUES(1,1795374286948813,'crmkit','read','erasure preview',NULL,1,'{}');
INSERT INTO access VALUES(2,1795374287934137,'crmkit','erase','erasure',NULL,1,'{"reason":"request"}');
CREATE TABLE privacy_request (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT, 
	uid TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	received_at BIGINT NOT NULL, 
	due_on TEXT NOT NULL, 
	state TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	note TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	settled_at BIGINT, 
	outcome TEXT NOT NULL, 
	CONSTRAINT fk_privacy_request_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE legal_hold (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	reason TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	until TEXT, 
	lifted_at BIGINT, 
	actor TEXT NOT NULL, 
	CONSTRAINT fk_legal_hold_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE erasure (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	uid TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	request_id BIGINT, 
	counts TEXT NOT NULL, 
	state TEXT NOT NULL, 
	scrubbed_at BIGINT, 
	CONSTRAINT uq_erasure_uid UNIQUE (uid)
);
INSERT INTO erasure VALUES(1,'01a204a2-b913-7135-a9d7-24e3d633b275',1795374287934137,'crmkit',NULL,'{"reason": "request", "tables": {"access": [0, 1, 0], "change": [0, 1, 0], "contact_point": [1, 0, 0], "customer": [1, 0, 0]}, "files": {}}','scrubbed',1795374288210767);
CREATE TABLE suppression (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	until BIGINT, 
	note TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	lifted_at BIGINT, 
	lifted_by TEXT DEFAULT '' NOT NULL, 
	because TEXT DEFAULT '' NOT NULL
);
INSERT INTO suppression VALUES(1,'email','a0510275dcd7e8967766289b4549176525aa209834cbae6df5842a8ed113ca80','','erased','marketing',1795374287934137,NULL,'','crmkit',NULL,'','');
CREATE TABLE address_strike (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	score BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_address_strike PRIMARY KEY (id), 
	CONSTRAINT uq_address_strike_digest UNIQUE (digest)
);
CREATE TABLE goal_course (
	id INTEGER NOT NULL, 
	goal TEXT NOT NULL, 
	asked TEXT NOT NULL, 
	starts_on TEXT NOT NULL, 
	ends_on TEXT NOT NULL, 
	numerator BIGINT NOT NULL, 
	denominator BIGINT, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_goal_course PRIMARY KEY (id), 
	CONSTRAINT uq_goal_course_goal_asked_starts_on UNIQUE (goal, asked, starts_on)
);
INSERT INTO goal_course VALUES(1,'back','repeat_rate of everybody by month','2026-05-01','2026-06-01',0,0,1795374383096310);
INSERT INTO goal_course VALUES(2,'back','repeat_rate of everybody by month','2026-06-01','2026-07-01',0,0,1795374383162744);
INSERT INTO goal_course VALUES(3,'back','repeat_rate of everybody by month','2026-07-01','2026-08-01',0,0,1795374383207862);
INSERT INTO goal_course VALUES(4,'back','repeat_rate of everybody by month','2026-08-01','2026-09-01',0,0,1795374383262249);
INSERT INTO goal_course VALUES(5,'back','repeat_rate of everybody by month','2026-09-01','2026-10-01',0,0,1795374383327828);
INSERT INTO goal_course VALUES(6,'back','repeat_rate of everybody by month','2026-10-01','2026-11-01',0,0,1795374383384015);
CREATE TABLE IF NOT EXISTS "plan" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	actor TEXT NOT NULL, 
	state TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	content TEXT NOT NULL, 
	effective TEXT NOT NULL, 
	counts TEXT NOT NULL, 
	applied_at BIGINT, 
	undone_at BIGINT
);
INSERT INTO "plan" VALUES(1,1795374304724093,'crmkit','applied','2e3d9c35fd929055b884f2e81972002ac5afd64c18aacdeeb7f7aea1075206d6','503808e965b2880dbd7f2baff7710564792eb9cba50aa82606e8aecc539f04e8','{"control": {"outcome": "purchase", "share": null, "since": null, "until": null, "wanted": "more"}, "crs": {"currency": "PLN", "locale": "pl_PL", "name": "Rye & Co.", "timezone": "Europe/Warsaw"}, "customer_types": {}, "fields": {"birthday": {"choices": [], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "date", "unique": false, "was": null}, "bread": {"choices": ["rye", "wheat"], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "choice", "unique": false, "was": null}}, "filled": {"thanks": {}}, "limits": {"marketing": null, "quiet_hours": null}, "plugins": {"analytical": "0.1.0", "campaign": "0.1.0", "collaborative": "0.1.0", "email": "0.1.0", "operational": "0.1.0"}, "purposes": {"offers": {"confirm": null, "doc": "", "type": "marketing", "wording": "We may send you offers", "wording_version": 1}, "orders": {"confirm": null, "doc": "", "type": "contract", "wording": "How my order is doing", "wording_version": 1}}, "rules": {"thanks": {"ask_first": true, "control_group": "50%", "cost": null, "do": [], "doc": "", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "purchase", "priority": 0, "run": "daily at 09:00", "said": {"tag": "thanked"}, "starts": null, "variants": {}, "wanted": "more", "who": "in(buyers)", "within": "30 days"}}, "segments": {"buyers": {"doc": "", "kind": "dynamic", "who": "count(purchase) >= 1"}}, "traits": {}}','[{"rule": "thanks", "acts": 1, "held": 0, "dropped": {}, "contacts": 0, "timed": 0, "first_until": null, "last_until": null, "withheld": 1}]',1795374321423428,NULL);
INSERT INTO "plan" VALUES(2,1795374384985489,'crmkit','applied','473e205386b2194a123a2c0ae74a6cf33ef1051450ecb905ca06133461f64fb2','18ff8d83bac714eb6065433ebc411376245d33da95a130fe2f6906c51f98c665','{"control": {"outcome": "purchase", "share": null, "since": null, "until": null, "wanted": "more"}, "crs": {"currency": "PLN", "locale": "pl_PL", "name": "Rye & Co.", "timezone": "Europe/Warsaw"}, "customer_types": {}, "fields": {"birthday": {"choices": [], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "date", "unique": false, "was": null}, "bread": {"choices": ["rye", "wheat"], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "choice", "unique": false, "was": null}}, "filled": {"thanks": {}}, "limits": {"marketing": null, "quiet_hours": null}, "plugins": {"analytical": "0.1.0", "campaign": "0.1.0", "collaborative": "0.1.0", "email": "0.1.0", "operational": "0.1.0"}, "purposes": {"offers": {"confirm": null, "doc": "", "type": "marketing", "wording": "We may send you offers", "wording_version": 1}, "orders": {"confirm": null, "doc": "", "type": "contract", "wording": "How my order is doing", "wording_version": 1}}, "rules": {"thanks": {"ask_first": true, "control_group": "50%", "cost": null, "do": [], "doc": "", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "purchase", "priority": 0, "run": "daily at 09:00", "said": {"tag": "thanked"}, "starts": null, "variants": {}, "wanted": "more", "who": "in(buyers)", "within": "30 days"}}, "segments": {"buyers": {"doc": "", "kind": "dynamic", "who": "count(purchase) >= 1"}}, "sourced": {"campaign:spring": [{"ask_first": false, "control_group": null, "cost": null, "do": [], "doc": "New bread (run 1)", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "", "priority": 0, "run": "", "said": {"purpose": "offers", "send_email": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}, "starts": null, "variants": {}, "wanted": "more", "who": "", "within": null}, {}], "journey:back": [{"ask_first": false, "control_group": null, "cost": null, "do": [{"id": "v1.mark", "only_if": "", "said": {"tag": "journeyed"}, "variants": {}}, {"id": "v1.again", "only_if": "", "said": {"tag": "waited"}, "variants": {}}], "doc": "Come back", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "", "priority": 0, "run": "", "said": {}, "starts": null, "variants": {}, "wanted": "more", "who": "", "within": null}, {}]}, "traits": {}}','[{"rule": "campaign:spring", "acts": 2, "held": 0, "dropped": {}, "contacts": 2, "timed": 0, "first_until": null, "last_until": null, "withheld": 0}, {"rule": "journey:back", "acts": 2, "held": 0, "dropped": {}, "contacts": 0, "timed": 0, "first_until": null, "last_until": null, "withheld": 0}]',1795374385625950,NULL);
INSERT INTO "plan" VALUES(3,1795374384985489,'crmkit','nothing to do','2e3d9c35fd929055b884f2e81972002ac5afd64c18aacdeeb7f7aea1075206d6','b0f313a292be75e77517894a2727160adf07c49ebc7596bc838d973ccea83d46','{"control": {"outcome": "purchase", "share": null, "since": null, "until": null, "wanted": "more"}, "crs": {"currency": "PLN", "locale": "pl_PL", "name": "Rye & Co.", "timezone": "Europe/Warsaw"}, "customer_types": {}, "fields": {"birthday": {"choices": [], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "date", "unique": false, "was": null}, "bread": {"choices": ["rye", "wheat"], "decimals": 0, "default": null, "doc": "", "indexed": false, "label": "", "personal": true, "required": false, "type": "choice", "unique": false, "was": null}}, "filled": {"thanks": {}}, "limits": {"marketing": null, "quiet_hours": null}, "plugins": {"analytical": "0.1.0", "campaign": "0.1.0", "collaborative": "0.1.0", "email": "0.1.0", "operational": "0.1.0"}, "purposes": {"offers": {"confirm": null, "doc": "", "type": "marketing", "wording": "We may send you offers", "wording_version": 1}, "orders": {"confirm": null, "doc": "", "type": "contract", "wording": "How my order is doing", "wording_version": 1}}, "rules": {"thanks": {"ask_first": true, "control_group": "50%", "cost": null, "do": [], "doc": "", "enabled": true, "ends": null, "goal": "", "in_their_time": false, "max_acts": null, "max_age": null, "not_again_for": null, "on": "", "once": "per occasion", "outcome": "purchase", "priority": 0, "run": "daily at 09:00", "said": {"tag": "thanked"}, "starts": null, "variants": {}, "wanted": "more", "who": "in(buyers)", "within": "30 days"}}, "segments": {"buyers": {"doc": "", "kind": "dynamic", "who": "count(purchase) >= 1"}}, "traits": {}}','[{"rule": "thanks", "acts": 0, "held": 0, "dropped": {}, "contacts": 0, "timed": 0, "first_until": null, "last_until": null, "withheld": 0}]',NULL,NULL);
CREATE TABLE plan_act (
	id INTEGER NOT NULL, 
	plan_id BIGINT NOT NULL, 
	rule TEXT NOT NULL, 
	step TEXT NOT NULL, 
	occasion TEXT NOT NULL, 
	customer_id BIGINT NOT NULL, 
	action TEXT NOT NULL, 
	params TEXT NOT NULL, 
	says TEXT NOT NULL, 
	state TEXT NOT NULL, 
	gate TEXT, 
	reason TEXT, 
	until BIGINT, 
	arm TEXT, 
	CONSTRAINT pk_plan_act PRIMARY KEY (id), 
	CONSTRAINT fk_plan_act_plan_id FOREIGN KEY(plan_id) REFERENCES "plan" (id), 
	CONSTRAINT fk_plan_act_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO plan_act VALUES(1,1,'thanks','1','2026-11-22',1,'tag.add','{"tag": "thanked"}','tag thanked','entered','control group','in the control group, which is left alone to compare with',NULL,'control');
INSERT INTO plan_act VALUES(2,1,'thanks','1','2026-11-22',2,'tag.add','{"tag": "thanked"}','tag thanked','entered',NULL,NULL,NULL,'treated');
INSERT INTO plan_act VALUES(3,2,'campaign:spring','1','run:1',1,'message.send','{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}','email "spring"','entered',NULL,NULL,NULL,NULL);
INSERT INTO plan_act VALUES(4,2,'campaign:spring','1','run:1',2,'message.send','{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}','email "spring"','entered',NULL,NULL,NULL,NULL);
INSERT INTO plan_act VALUES(5,2,'journey:back','v1.mark','1795374384189814',1,'tag.add','{"tag": "journeyed"}','tag journeyed','entered',NULL,NULL,NULL,NULL);
INSERT INTO plan_act VALUES(6,2,'journey:back','v1.mark','1795374384189814',2,'tag.add','{"tag": "journeyed"}','tag journeyed','entered',NULL,NULL,NULL,NULL);
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	origin TEXT NOT NULL, 
	step TEXT NOT NULL, 
	customer_id BIGINT NOT NULL, 
	gate TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	plan_id BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_decision PRIMARY KEY (id), 
	CONSTRAINT fk_decision_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_decision_origin_step_customer_id UNIQUE (origin, step, customer_id)
);
CREATE TABLE effect (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	origin TEXT NOT NULL, 
	step TEXT NOT NULL, 
	occasion TEXT NOT NULL, 
	customer_id BIGINT, 
	plan_id BIGINT, 
	action TEXT NOT NULL, 
	params TEXT NOT NULL, 
	state TEXT NOT NULL, 
	reason TEXT, 
	result TEXT, 
	actor TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	settled_at BIGINT, 
	undone_at BIGINT, 
	channel TEXT, 
	purpose TEXT, 
	contact_at BIGINT, 
	recipient TEXT, 
	due_at BIGINT, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	give_up_at BIGINT, 
	lease_until BIGINT, 
	token BIGINT DEFAULT '0' NOT NULL, 
	rehearsed INTEGER DEFAULT '0' NOT NULL, 
	arm TEXT, 
	CONSTRAINT fk_effect_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_effect_origin_step_occasion_customer_id_rehearsed UNIQUE (origin, step, occasion, customer_id, rehearsed)
);
INSERT INTO effect VALUES(1,'rule:thanks','1','2026-11-22',1,1,'tag.add','{"tag": "thanked"}','withheld','in the control group, which is left alone to compare with',NULL,'crmkit',1795374321210215,1795374321210215,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,'control');
INSERT INTO effect VALUES(2,'rule:thanks','1','2026-11-22',2,1,'tag.add','{"tag": "thanked"}','done',NULL,NULL,'crmkit',1795374321210215,1795374321210215,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,'treated');
INSERT INTO effect VALUES(3,'campaign:spring','1','run:1',1,2,'message.send','{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}','done',NULL,NULL,'crmkit',1795374385525592,1795374385744096,NULL,'email','offers',1795374385721486,'anna@example.org',NULL,1,1795547185699778,NULL,1,1,NULL);
INSERT INTO effect VALUES(4,'campaign:spring','1','run:1',2,2,'message.send','{"channel": "email", "links": {}, "purpose": "offers", "template": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}','done',NULL,NULL,'crmkit',1795374385525592,1795374385744096,NULL,'email','offers',1795374385721486,'jan@example.org',NULL,1,1795547185699778,NULL,1,1,NULL);
INSERT INTO effect VALUES(5,'journey:back','v1.mark','1795374384189814',1,2,'tag.add','{"tag": "journeyed"}','done',NULL,NULL,'crmkit',1795374385525592,1795374385525592,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,NULL);
INSERT INTO effect VALUES(6,'journey:back','v1.mark','1795374384189814',2,2,'tag.add','{"tag": "journeyed"}','done',NULL,NULL,'crmkit',1795374385525592,1795374385525592,NULL,NULL,NULL,NULL,NULL,NULL,0,NULL,NULL,0,0,NULL);
CREATE TABLE message_template (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	content TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT uq_message_template_name_version UNIQUE (name, version), 
	CONSTRAINT uq_message_template_name_digest UNIQUE (name, digest)
);
INSERT INTO message_template VALUES(1,'spring',1,'f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568','{"": {"html": null, "subject": "Spring", "text": "Dear {{ customer.name }},\n\nnew bread."}}',1795374339627321);
CREATE TABLE rule (
	name TEXT NOT NULL, 
	digest TEXT, 
	proven_at BIGINT, 
	planned_at BIGINT, 
	planned_seq BIGINT, 
	shares TEXT, 
	measured_since BIGINT, 
	decided_at INTEGER, 
	CONSTRAINT pk_rule PRIMARY KEY (name)
);
INSERT INTO rule VALUES('thanks','6154b09adb3c38663e2dbe2d305fc19ed1bb913524d165931f01244e8083f58f',1795374321210215,1795374384578870,NULL,'{"control": 0.5, "treated": 0.5}',1795374321210215,200);
INSERT INTO rule VALUES('campaign:spring','8395dda209e4c7d6eaf96f73274bb4b7163f5f4868e83ed02e00791205a0ff5d',1795374385525592,1795374384578870,NULL,NULL,NULL,NULL);
INSERT INTO rule VALUES('journey:back','02fb008452bcd4d55d6e9e54a19cc4a47af47ebd0a0d868c2e4afa0a0dc00e3f',1795374385525592,1795374384578870,NULL,NULL,NULL,NULL);
CREATE TABLE send_rate (
	channel TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_send_rate PRIMARY KEY (channel, "key")
);
CREATE TABLE hold_on (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	until BIGINT, 
	actor TEXT NOT NULL, 
	CONSTRAINT pk_hold_on PRIMARY KEY (id), 
	CONSTRAINT uq_hold_on_kind_name UNIQUE (kind, name)
);
CREATE TABLE incoming (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	run_id BIGINT, 
	error TEXT, 
	CONSTRAINT pk_incoming PRIMARY KEY (id), 
	CONSTRAINT fk_incoming_run_id FOREIGN KEY(run_id) REFERENCES import_run (id), 
	CONSTRAINT uq_incoming_name_message_id UNIQUE (name, message_id)
);
CREATE TABLE numbering (
	series TEXT NOT NULL, 
	last BIGINT NOT NULL, 
	CONSTRAINT pk_numbering PRIMARY KEY (series)
);
CREATE TABLE operational_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT operational_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO operational_schema_version VALUES('operational_loyalty');
CREATE TABLE operational_deal_contact (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	deal_id BIGINT NOT NULL, 
	customer_id BIGINT NOT NULL, 
	role TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT uq_operational_deal_contact_deal_id_customer_id UNIQUE (deal_id, customer_id), 
	CONSTRAINT fk_operational_deal_contact_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE operational_lead (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	need TEXT, 
	budget BIGINT, 
	authority TEXT, 
	timeframe TEXT, 
	qualified_at BIGINT, 
	rule TEXT, 
	assigned_to BIGINT, 
	assigned_at BIGINT, 
	deal TEXT, 
	converted_at BIGINT, 
	lost_reason TEXT, 
	lost_at BIGINT, 
	CONSTRAINT uq_operational_lead_customer_id UNIQUE (customer_id), 
	CONSTRAINT fk_operational_lead_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_operational_lead_assigned_to FOREIGN KEY(assigned_to) REFERENCES employee (id)
);
CREATE TABLE operational_product (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	sku TEXT NOT NULL, 
	name TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	tax_rate TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	archived_at BIGINT, 
	CONSTRAINT uq_operational_product_sku UNIQUE (sku)
);
INSERT INTO operational_product VALUES(1,'LOAF','Loaf','','0',1795374230524861,1795374230524861,NULL);
CREATE TABLE operational_price (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	product_id BIGINT NOT NULL, 
	price_list TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	from_quantity TEXT NOT NULL, 
	amount BIGINT NOT NULL, 
	valid_from TEXT NOT NULL, 
	valid_until TEXT, 
	CONSTRAINT uq_operational_price_product_id_price_list_currency_from_quantity_valid_from UNIQUE (product_id, price_list, currency, from_quantity, valid_from), 
	CONSTRAINT fk_operational_price_product_id FOREIGN KEY(product_id) REFERENCES operational_product (id)
);
INSERT INTO operational_price VALUES(1,1,'standard','PLN','0',1200,'2026-11-22',NULL);
CREATE TABLE operational_quote_line (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	quote_id BIGINT NOT NULL, 
	position BIGINT NOT NULL, 
	sku TEXT NOT NULL, 
	name TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	quantity TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	unit_price BIGINT NOT NULL, 
	discount TEXT NOT NULL, 
	tax_rate TEXT NOT NULL, 
	net BIGINT NOT NULL, 
	tax BIGINT NOT NULL, 
	CONSTRAINT uq_operational_quote_line_quote_id_position UNIQUE (quote_id, position), 
	CONSTRAINT fk_operational_quote_line_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE operational_points_entry (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT, 
	card TEXT NOT NULL, 
	account TEXT NOT NULL, 
	points BIGINT NOT NULL, 
	kind TEXT NOT NULL, 
	rule TEXT, 
	about BIGINT, 
	because_of TEXT, 
	at BIGINT NOT NULL, 
	known_at BIGINT NOT NULL, 
	expires_at BIGINT, 
	note TEXT, 
	employee_id BIGINT, 
	CONSTRAINT uq_operational_points_entry_because_of_account UNIQUE (because_of, account), 
	CONSTRAINT fk_operational_points_entry_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_operational_points_entry_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO operational_points_entry VALUES(1,1,'bread','customer',1,'earned','stamps.bread',1,'stamps.bread:1',1795374122970674,1795374122970674,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(2,1,'bread','issued',-1,'earned','stamps.bread',1,'stamps.bread:1',1795374122970674,1795374122970674,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(3,1,'bread','customer',1,'earned','stamps.bread',2,'stamps.bread:2',1795374129524649,1795374129524649,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(4,1,'bread','issued',-1,'earned','stamps.bread',2,'stamps.bread:2',1795374129524649,1795374129524649,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(5,1,'bread','customer',1,'earned','stamps.bread',3,'stamps.bread:3',1795374136633092,1795374136633092,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(6,1,'bread','issued',-1,'earned','stamps.bread',3,'stamps.bread:3',1795374136633092,1795374136633092,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(7,1,'bread','customer',-3,'spent','stamps.bread',NULL,'stamps.bread:1:full:3:0',1795374136633092,1795374136633092,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(8,1,'bread','spent',3,'spent','stamps.bread',NULL,'stamps.bread:1:full:3:0',1795374136633092,1795374136633092,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(9,2,'bread','customer',1,'earned','stamps.bread',5,'stamps.bread:5',1795374144250672,1795374144250672,NULL,NULL,NULL);
INSERT INTO operational_points_entry VALUES(10,2,'bread','issued',-1,'earned','stamps.bread',5,'stamps.bread:5',1795374144250672,1795374144250672,NULL,NULL,NULL);
CREATE TABLE operational_coupon (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	code TEXT NOT NULL, 
	reward TEXT NOT NULL, 
	issued_at BIGINT NOT NULL, 
	valid_until BIGINT, 
	redeemed_at BIGINT, 
	voided_at BIGINT, 
	because_of TEXT, 
	employee_id BIGINT, 
	CONSTRAINT fk_operational_coupon_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT uq_operational_coupon_code UNIQUE (code), 
	CONSTRAINT uq_operational_coupon_because_of UNIQUE (because_of), 
	CONSTRAINT fk_operational_coupon_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO operational_coupon VALUES(1,1,'UUUW-Q8KH-KGVM','loaf',1795374136633092,NULL,NULL,NULL,'stamps.bread:1:full:3:0',NULL);
CREATE TABLE operational_tier (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	tier TEXT, 
	since BIGINT NOT NULL, 
	CONSTRAINT uq_operational_tier_customer_id UNIQUE (customer_id), 
	CONSTRAINT fk_operational_tier_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
CREATE TABLE analytical_fit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	as_of BIGINT NOT NULL, 
	model TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	status TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	customers BIGINT NOT NULL, 
	params TEXT NOT NULL, 
	standard_errors TEXT NOT NULL, 
	log_likelihood DOUBLE
);
INSERT INTO analytical_fit VALUES(1,1795374387380566,1795374387325020,'bg-nbd','week','not identified','nobody has bought a second time',2,'{}','{}',NULL);
INSERT INTO analytical_fit VALUES(2,1795374387380566,1795374387325020,'gamma-gamma','week','not identified','there are no customers with a repeat purchase',0,'{}','{}',NULL);
CREATE TABLE analytical_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT analytical_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO analytical_schema_version VALUES('analytical_0001');
CREATE TABLE email_folder (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	account TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	uid_validity BIGINT DEFAULT '0' NOT NULL, 
	last_uid BIGINT DEFAULT '0' NOT NULL, 
	read_at BIGINT, 
	failed_at BIGINT, 
	error TEXT, 
	CONSTRAINT uq_email_folder_account_folder UNIQUE (account, folder)
);
CREATE TABLE email_parked (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	place TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	tries INTEGER DEFAULT '1' NOT NULL, 
	CONSTRAINT uq_email_parked_place_key UNIQUE (place, "key")
);
CREATE TABLE email_link (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	url TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	CONSTRAINT uq_email_link_digest UNIQUE (digest)
);
CREATE TABLE email_hit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	effect BIGINT NOT NULL, 
	link_id BIGINT, 
	at BIGINT NOT NULL, 
	machine TEXT NOT NULL, 
	noted_at BIGINT, 
	CONSTRAINT fk_email_hit_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_email_hit_link_id FOREIGN KEY(link_id) REFERENCES email_link (id)
);
CREATE TABLE email_preflight (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at BIGINT NOT NULL, 
	domain TEXT NOT NULL, 
	errors INTEGER NOT NULL, 
	warnings INTEGER NOT NULL, 
	unknown INTEGER NOT NULL, 
	names TEXT NOT NULL
);
CREATE TABLE email_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT email_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO email_schema_version VALUES('email_0001');
CREATE TABLE campaign_run (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	campaign TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	rehearsed INTEGER NOT NULL, 
	said TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	max_audience BIGINT, 
	confirmed_at BIGINT NOT NULL, 
	confirmed_by TEXT NOT NULL, 
	looked_at BIGINT NOT NULL, 
	looked_seq BIGINT NOT NULL, 
	held TEXT, 
	allowed BIGINT, 
	finished_at BIGINT, 
	CONSTRAINT uq_campaign_run_campaign_number UNIQUE (campaign, number)
);
INSERT INTO campaign_run VALUES(1,'spring',1,'once','running',1,'{"doc": "New bread", "purpose": "offers", "send_email": "spring", "version": "f032c6cc04b138b4b54f21a2f6bd15bf8d28ec18c4b6546c4220ce9ff3ea9568"}','a869ed25c55d2ab788120d154bb4d4a9c26510e00cbf1aad0b22f807f0444b0e',NULL,1795374339627321,'crmkit',1795374339627321,9,NULL,NULL,NULL);
CREATE TABLE campaign_recipient (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	run_id BIGINT NOT NULL, 
	occasion TEXT NOT NULL, 
	customer_id BIGINT, 
	due_at BIGINT NOT NULL, 
	gate TEXT, 
	reason TEXT, 
	CONSTRAINT uq_campaign_recipient_run_id_occasion_customer_id UNIQUE (run_id, occasion, customer_id), 
	CONSTRAINT fk_campaign_recipient_run_id FOREIGN KEY(run_id) REFERENCES campaign_run (id), 
	CONSTRAINT fk_campaign_recipient_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO campaign_recipient VALUES(1,1,'run:1',1,1795374339866910,NULL,NULL);
INSERT INTO campaign_recipient VALUES(2,1,'run:1',2,1795374339866910,NULL,NULL);
CREATE TABLE campaign_schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT campaign_schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO campaign_schema_version VALUES('campaign_journeys');
CREATE TABLE campaign_journey (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	started_at BIGINT NOT NULL, 
	started_by TEXT NOT NULL, 
	seen_seq BIGINT NOT NULL, 
	seen_change BIGINT NOT NULL, 
	taken_in_for BIGINT, 
	CONSTRAINT uq_campaign_journey_name UNIQUE (name)
);
INSERT INTO campaign_journey VALUES(1,'back','running',1,1795374358542435,'crmkit',9,20,1795302000000000);
CREATE TABLE campaign_journey_version (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	journey TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	content TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT uq_campaign_journey_version_journey_number UNIQUE (journey, number)
);
INSERT INTO campaign_journey_version VALUES(1,'back',1,'f8e04b0e8382856af580d2a501f5db9d3a805f29b4971d45b192bbc37879b1f6',replace('doc = "Come back"\nwho = "in(buyers)"\nrun = "daily at 00:00"\ngoal = "count(purchase) > 9"\n\n[[steps]]\nid = "mark"\ntag = "journeyed"\n\n[[steps]]\nid = "pause"\nwait = "3 days"\n\n[[steps]]\nid = "again"\ntag = "waited"\n','\n',char(10)),1795374358542435);
CREATE TABLE campaign_journey_person (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	journey TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	customer_id BIGINT NOT NULL, 
	occasion TEXT NOT NULL, 
	step TEXT NOT NULL, 
	since BIGINT NOT NULL, 
	arrived_at BIGINT NOT NULL, 
	due_at BIGINT, 
	state TEXT NOT NULL, 
	why TEXT, 
	left_out TEXT, 
	entered_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	entries INTEGER NOT NULL, 
	CONSTRAINT uq_campaign_journey_person_journey_customer_id UNIQUE (journey, customer_id), 
	CONSTRAINT fk_campaign_journey_person_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id)
);
INSERT INTO campaign_journey_person VALUES(1,'back',1,1,'1795374384189814','mark',1795374384189814,1795374384189814,1795374384189814,'active',NULL,NULL,1795374384189814,NULL,1);
INSERT INTO campaign_journey_person VALUES(2,'back',1,2,'1795374384189814','mark',1795374384189814,1795374384189814,1795374384189814,'active',NULL,NULL,1795374384189814,NULL,1);
CREATE TABLE operational_case (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	employee_id BIGINT, 
	state TEXT, 
	title TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	archived_at BIGINT, subject TEXT, text TEXT, priority TEXT, channel TEXT, satisfaction BIGINT, parent TEXT, merged_into TEXT, routed_by TEXT, opened_at BIGINT, respond_by BIGINT, resolve_by BIGINT, responded_at BIGINT, resolved_at BIGINT, paused_since BIGINT, escalated_at BIGINT, next_at BIGINT, response_minutes BIGINT, resolution_minutes BIGINT, paused BIGINT, reopened BIGINT, overdue TEXT, 
	CONSTRAINT fk_operational_case_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_operational_case_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO operational_case VALUES(1,5,NULL,'new','Too dark','too dark',1,1795374208015255,1795374208015255,NULL,'Too dark',NULL,'normal',NULL,NULL,NULL,NULL,NULL,1795374208015255,1795435200000000,1795536000000000,NULL,NULL,NULL,NULL,1795435200000000,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE operational_deal (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	employee_id BIGINT, 
	state TEXT, 
	title TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	archived_at BIGINT, name TEXT, value BIGINT, close_on TEXT, next_step TEXT, next_on TEXT, probability BIGINT, commitment TEXT, pipeline TEXT, product_family TEXT, source TEXT, lost_reason TEXT, amount BIGINT, currency TEXT, opened_on TEXT, stage_since BIGINT, 
	CONSTRAINT fk_operational_deal_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_operational_deal_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO operational_deal VALUES(1,2,NULL,'new','Ovens','ovens',1,1795374218473508,1795374218473508,NULL,'Ovens',NULL,NULL,NULL,NULL,10,'pipeline','sales',NULL,NULL,NULL,NULL,NULL,'2026-11-22',1795374218473508);
CREATE TABLE operational_quote (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	employee_id BIGINT, 
	state TEXT, 
	title TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	archived_at BIGINT, number TEXT, subject TEXT, currency TEXT, valid_until TEXT, discount BIGINT, prices TEXT, total_net BIGINT, total_tax BIGINT, total_gross BIGINT, deal TEXT, sent_at BIGINT, accepted_at BIGINT, decline_reason TEXT, version_of TEXT, 
	CONSTRAINT fk_operational_quote_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_operational_quote_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO operational_quote VALUES(1,2,NULL,'draft','','',1,1795374257577403,1795374257577403,NULL,NULL,NULL,'PLN',NULL,NULL,'net',0,0,0,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE operational_task (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	customer_id BIGINT NOT NULL, 
	employee_id BIGINT, 
	state TEXT, 
	title TEXT NOT NULL, 
	fold TEXT NOT NULL, 
	version BIGINT NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	archived_at BIGINT, subject TEXT, due TEXT, due_time TEXT, remind_at BIGINT, repeat TEXT, team TEXT, priority TEXT, notes TEXT, done_at BIGINT, because_of TEXT, 
	CONSTRAINT fk_operational_task_customer_id FOREIGN KEY(customer_id) REFERENCES customer (id), 
	CONSTRAINT fk_operational_task_employee_id FOREIGN KEY(employee_id) REFERENCES employee (id)
);
INSERT INTO operational_task VALUES(1,1,NULL,'open','Call back','call back',1,1795374199396655,1795374199396655,NULL,'Call back','2030-01-01',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('change',22);
INSERT INTO sqlite_sequence VALUES('employee',1);
INSERT INTO sqlite_sequence VALUES('customer',5);
INSERT INTO sqlite_sequence VALUES('interaction',11);
INSERT INTO sqlite_sequence VALUES('operational_points_entry',10);
INSERT INTO sqlite_sequence VALUES('operational_coupon',1);
INSERT INTO sqlite_sequence VALUES('consent',2);
INSERT INTO sqlite_sequence VALUES('operational_task',1);
INSERT INTO sqlite_sequence VALUES('operational_case',1);
INSERT INTO sqlite_sequence VALUES('operational_deal',1);
INSERT INTO sqlite_sequence VALUES('operational_product',1);
INSERT INTO sqlite_sequence VALUES('operational_price',1);
INSERT INTO sqlite_sequence VALUES('operational_quote',1);
INSERT INTO sqlite_sequence VALUES('merge_run',1);
INSERT INTO sqlite_sequence VALUES('merge',1);
INSERT INTO sqlite_sequence VALUES('access',2);
INSERT INTO sqlite_sequence VALUES('suppression',1);
INSERT INTO sqlite_sequence VALUES('erasure',1);
INSERT INTO sqlite_sequence VALUES('plan',3);
INSERT INTO sqlite_sequence VALUES('effect',6);
INSERT INTO sqlite_sequence VALUES('message_template',1);
INSERT INTO sqlite_sequence VALUES('campaign_run',1);
INSERT INTO sqlite_sequence VALUES('campaign_recipient',2);
INSERT INTO sqlite_sequence VALUES('campaign_journey_version',1);
INSERT INTO sqlite_sequence VALUES('campaign_journey',1);
INSERT INTO sqlite_sequence VALUES('campaign_journey_person',2);
INSERT INTO sqlite_sequence VALUES('analytical_fit',2);
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
CREATE INDEX ix_customer_alias_customer_id ON customer_alias (customer_id);
CREATE INDEX ix_merge_loser_id ON merge (loser_id);
CREATE INDEX ix_merge_run_id ON merge (run_id);
CREATE INDEX ix_merge_survivor_id ON merge (survivor_id);
CREATE INDEX ix_merge_moved_merge_id ON merge_moved (merge_id);
CREATE INDEX ix_merge_removed_merge_id ON merge_removed (merge_id);
CREATE INDEX ix_merge_value_merge_id ON merge_value (merge_id);
CREATE INDEX ix_duplicate_other_id ON duplicate (other_id);
CREATE INDEX ix_duplicate_state_score ON duplicate (state, score);
CREATE INDEX ix_import_batch_run_id ON import_batch (run_id);
CREATE INDEX ix_access_customer_id ON access (customer_id);
CREATE INDEX ix_privacy_request_customer_id ON privacy_request (customer_id);
CREATE INDEX ix_privacy_request_state_due_on ON privacy_request (state, due_on);
CREATE INDEX ix_legal_hold_customer_id ON legal_hold (customer_id);
CREATE INDEX ix_suppression_digest ON suppression (digest);
CREATE UNIQUE INDEX uq_suppression_digest_purpose_reason ON suppression (digest, purpose, reason) WHERE lifted_at IS NULL;
CREATE INDEX ix_plan_act_customer_id ON plan_act (customer_id);
CREATE INDEX ix_plan_act_plan_id_state ON plan_act (plan_id, state);
CREATE INDEX ix_decision_customer_id ON decision (customer_id);
CREATE INDEX ix_effect_customer_id_settled_at ON effect (customer_id, settled_at);
CREATE INDEX ix_effect_plan_id ON effect (plan_id);
CREATE INDEX ix_effect_due_at ON effect (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX ix_effect_lease_until ON effect (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX ix_effect_customer_id_contact_at ON effect (customer_id, contact_at) WHERE contact_at IS NOT NULL;
CREATE INDEX ix_effect_recipient ON effect (recipient) WHERE recipient IS NOT NULL;
CREATE INDEX ix_incoming_at ON incoming (at);
CREATE INDEX ix_operational_deal_contact_deal_id ON operational_deal_contact (deal_id);
CREATE INDEX ix_operational_deal_contact_customer_id ON operational_deal_contact (customer_id);
CREATE INDEX ix_operational_lead_assigned_to ON operational_lead (assigned_to);
CREATE INDEX ix_operational_quote_line_customer_id ON operational_quote_line (customer_id);
CREATE INDEX ix_operational_points_entry_customer ON operational_points_entry (customer_id, card, account);
CREATE INDEX ix_operational_points_entry_about ON operational_points_entry (about);
CREATE INDEX ix_operational_points_entry_expires_at ON operational_points_entry (expires_at);
CREATE INDEX ix_operational_coupon_customer_id ON operational_coupon (customer_id);
CREATE INDEX ix_analytical_fit_model ON analytical_fit (model, as_of);
CREATE INDEX ix_email_parked_at ON email_parked (at);
CREATE INDEX ix_email_hit_customer_id ON email_hit (customer_id);
CREATE INDEX ix_email_hit_effect ON email_hit (effect);
CREATE INDEX ix_email_hit_noted_at ON email_hit (noted_at);
CREATE INDEX ix_campaign_recipient_customer_id ON campaign_recipient (customer_id);
CREATE INDEX ix_campaign_recipient_run_id_due_at ON campaign_recipient (run_id, due_at);
CREATE INDEX ix_campaign_journey_person_customer_id ON campaign_journey_person (customer_id);
CREATE INDEX ix_campaign_journey_person_due ON campaign_journey_person (journey, state, version, step, due_at);
CREATE INDEX ix_campaign_journey_person_due_at ON campaign_journey_person (journey, state, due_at);
CREATE INDEX ix_operational_case_customer_id ON operational_case (customer_id);
CREATE INDEX ix_operational_case_state_id ON operational_case (state, id);
CREATE INDEX ix_operational_case_employee_id ON operational_case (employee_id);
CREATE INDEX "ix_operational_case_next_at" ON "operational_case" ("next_at");
CREATE INDEX ix_operational_deal_state_id ON operational_deal (state, id);
CREATE INDEX ix_operational_deal_employee_id ON operational_deal (employee_id);
CREATE INDEX ix_operational_deal_customer_id ON operational_deal (customer_id);
CREATE INDEX "ix_operational_deal_close_on" ON "operational_deal" ("close_on");
CREATE INDEX "ix_operational_deal_next_on" ON "operational_deal" ("next_on");
CREATE INDEX ix_operational_quote_customer_id ON operational_quote (customer_id);
CREATE INDEX ix_operational_quote_employee_id ON operational_quote (employee_id);
CREATE INDEX ix_operational_quote_state_id ON operational_quote (state, id);
CREATE UNIQUE INDEX "uq_operational_quote_number" ON "operational_quote" ("number");
CREATE INDEX "ix_operational_quote_valid_until" ON "operational_quote" ("valid_until");
CREATE INDEX ix_operational_task_employee_id ON operational_task (employee_id);
CREATE INDEX ix_operational_task_state_id ON operational_task (state, id);
CREATE INDEX ix_operational_task_customer_id ON operational_task (customer_id);
CREATE INDEX "ix_operational_task_due" ON "operational_task" ("due");
CREATE UNIQUE INDEX "uq_operational_task_because_of" ON "operational_task" ("because_of");
CREATE VIRTUAL TABLE customer_search USING fts5(fold, content='customer', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3');
INSERT INTO customer_search (customer_search) VALUES ('rebuild');
COMMIT;
