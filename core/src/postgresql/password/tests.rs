use std::ffi::OsStr;

use super::*;
use crate::net::server::Server;

const FILE: &str = r"# db:5432:shop:pay:comment
too:few:fields
db:5432:shop:other:of another user
db:5433:shop:pay:of another port
db:5432:shop:pay:a\:b\\c:what follows is no part
db:5432:shop:pay:second
/var/run:*:*:pay:of the folder
localhost:7:*:pay:of localhost
*:*:*:any\:one:of everyone
*:*:empty:pay:
";

fn tcp(host: &str, port: u16) -> Place {
    let host = host.to_owned();
    let tls = true;
    Place::Tcp(Server { host, port, tls })
}

fn socket(folder: &str, port: u16) -> Place {
    let folder = folder.to_owned();
    Place::Socket { folder, port }
}

#[test]
fn the_first_line_that_fits_has_the_password() {
    for (place, database, user, expected) in [
        (tcp("db", 5432), "shop", "pay", Some(r"a:b\c")),
        (tcp("db", 5433), "shop", "pay", Some("of another port")),
        (tcp("db", 5434), "shop", "pay", None),
        (tcp("db", 5432), "shops", "pay", None),
        (tcp("x", 1), "x", "any:one", Some("of everyone")),
        (tcp("x", 1), "empty", "pay", None),
        (socket("/var/run", 9), "x", "pay", Some("of the folder")),
        (socket("/tmp", 7), "x", "pay", Some("of localhost")),
        (socket("/tmp", 8), "x", "pay", None),
    ] {
        let found = find_line(FILE, &place, database, user);
        let found = found.as_ref().map(|password| password.as_str());
        assert_eq!(found, expected, "{place} {database} {user}");
    }
}

/// What is found with this URL, and the notices.
fn find(url: &str, environment: &[(&str, &OsStr)]) -> (Result<Option<String>>, Vec<String>) {
    let parts = Parts::read(url).unwrap();
    let environment = |name: &str| {
        let mut variables = environment.iter();
        let variable = variables.find(|(variable, _)| *variable == name)?;
        Some(variable.1.to_owned())
    };
    let mut notices = Vec::new();
    let found = Passwords::find(&parts, &environment, &mut notices);
    let found = found.map(|passwords| {
        let password = passwords.of(&tcp("db", 5432), "shop", "pay");
        password.map(|password| password.to_string())
    });
    (found, notices)
}

#[test]
fn the_url_comes_before_the_environment_and_that_before_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        restrict(&path, 0o600);
        path
    };
    let of_option = write("option", "*:*:*:*:of the option");
    let of_variable = write("variable", "*:*:*:*:of the variable");
    write(".pgpass", "*:*:*:*:of the home");
    let home = ("HOME", folder.path().as_os_str());
    let variable = ("PGPASSFILE", of_variable.as_os_str());
    let password = ("PGPASSWORD", OsStr::new("of the environment"));
    let plain = "postgresql://pay@db/shop";
    let option = format!("{plain}?passfile={}", of_option.display());
    let written = format!(
        "postgresql://pay:of%20the%20url@db/shop?passfile={}",
        of_option.display()
    );
    for (url, environment, expected) in [
        (
            written.as_str(),
            &[password, variable, home][..],
            Some("of the url"),
        ),
        (
            &option,
            &[password, variable, home],
            Some("of the environment"),
        ),
        (&option, &[variable, home], Some("of the option")),
        (plain, &[variable, home], Some("of the variable")),
        (
            plain,
            &[("PGPASSFILE", OsStr::new("")), home],
            Some("of the home"),
        ),
        (
            plain,
            &[("PGPASSWORD", OsStr::new("")), home],
            Some("of the home"),
        ),
        (
            plain,
            &[("PGPASSFILE", OsStr::new("/no/such/file")), home],
            None,
        ),
        (plain, &[], None),
    ] {
        let (found, notices) = find(url, environment);
        assert_eq!(found.unwrap().as_deref(), expected, "{url}");
        assert_eq!(notices, Vec::<String>::new());
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    std::fs::write(&path, "*:*:*:*:s3cret").unwrap();
    let plain = "postgresql://pay@db/shop";
    let option = format!("{plain}?passfile={}", path.display());
    for mode in [0o640, 0o604, 0o620] {
        restrict(&path, mode);
        let (found, _) = find(&option, &[]);
        let error = found.unwrap_err().to_string();
        assert!(error.starts_with("passfile: others can read"), "{error}");
        assert!(
            error.contains("chmod 600") && !error.contains("s3cret"),
            "{error}"
        );
        let (found, notices) = find(plain, &[("PGPASSFILE", path.as_os_str())]);
        assert_eq!(found.unwrap(), None);
        assert!(
            notices[0].starts_with("PGPASSFILE is not read: others can read"),
            "{notices:?}"
        );
    }
    let (found, _) = find(
        &format!("{plain}?passfile={}", folder.path().display()),
        &[],
    );
    assert_eq!(found.unwrap_err().message(), "passfile: it is not a file");
}

fn restrict(path: &Path, mode: u32) {
    #[cfg(unix)]
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}
