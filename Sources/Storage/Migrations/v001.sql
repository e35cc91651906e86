CREATE TABLE posts (
    id INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    value TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    permalink TEXT,
    author_name TEXT,
    author_url TEXT,
    caption TEXT NOT NULL,
    language TEXT,
    is_sensitive INTEGER NOT NULL,
    like_count INTEGER,
    comment_count INTEGER,
    UNIQUE (source, value)
);
CREATE TABLE media (
    post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    fallback_url TEXT,
    width INTEGER,
    height INTEGER,
    alt TEXT,
    blurhash TEXT,
    PRIMARY KEY (post, position)
) WITHOUT ROWID;
CREATE TABLE memberships (
    hashtag TEXT NOT NULL,
    post INTEGER NOT NULL REFERENCES posts ON DELETE CASCADE,
    PRIMARY KEY (hashtag, post)
) WITHOUT ROWID;
CREATE INDEX memberships_of_post ON memberships (post);
CREATE TABLE source_ids (
    hashtag TEXT NOT NULL,
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (hashtag, source)
) WITHOUT ROWID;
CREATE TABLE crawls (
    hashtag TEXT NOT NULL,
    source TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (hashtag, source)
) WITHOUT ROWID;
CREATE TABLE searches (
    source TEXT NOT NULL,
    account TEXT NOT NULL,
    hashtag TEXT NOT NULL,
    searched_at INTEGER NOT NULL,
    PRIMARY KEY (source, account, hashtag)
) WITHOUT ROWID;
CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    ends_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE revision (number INTEGER NOT NULL);
INSERT INTO revision VALUES (0);
