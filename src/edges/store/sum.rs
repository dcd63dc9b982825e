//! Checksums: SQLite has none, so a bit that flips inside of a text goes unnoticed. Each row that anything is decided from
//! carries one, over all of its columns, which is made and compared by SQLite itself with a function of ours.

use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};
use xxhash_rust::xxh3::Xxh3Default;

/// Makes `groundswell_sum(column, …)` known to a connection.
pub(super) fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("groundswell_sum", -1, flags, |row: &Context<'_>| {
        let mut hash = Xxh3Default::new();
        for i in 0..row.len() {
            add(&mut hash, row.get_raw(i));
        }
        Ok(hash.digest().cast_signed())
    })
}

/// Each value with its kind and length, so that no two rows look alike.
fn add(hash: &mut Xxh3Default, value: ValueRef<'_>) {
    let mut framed = |kind: u8, bytes: &[u8]| {
        hash.update(&[kind]);
        hash.update(&(bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    match value {
        ValueRef::Null => framed(0, &[]),
        ValueRef::Integer(n) => framed(1, &n.to_le_bytes()),
        ValueRef::Real(x) => framed(2, &x.to_bits().to_le_bytes()),
        ValueRef::Text(bytes) => framed(3, bytes),
        ValueRef::Blob(bytes) => framed(4, bytes),
    }
}

/// The checksum of every table of ours: all rows, in the order of their keys.
pub(super) fn of_tables(db: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    let mut tables = db.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'manifest' ORDER BY name",
    )?;
    let names: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut sums = Vec::new();
    for name in names {
        let key: String = db
            .prepare("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk")?
            .query_map([&name], |row| row.get::<_, String>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?
            .join(", ");
        let mut rows = db.prepare(&format!("SELECT * FROM {name} ORDER BY {key}"))?;
        let columns = rows.column_count();
        let mut hash = Xxh3Default::new();
        let mut rows = rows.query(params_from_iter::<[i64; 0]>([]))?;
        while let Some(row) = rows.next()? {
            for i in 0..columns {
                add(&mut hash, row.get_ref(i)?);
            }
        }
        sums.push((name, hash.digest().cast_signed()));
    }
    Ok(sums)
}
