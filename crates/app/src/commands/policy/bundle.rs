//! A floor that many repositories share: made, signed, verified, brought here.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use meshlaw_bundle::{
    Bundle, File, Hash, MOST_BYTES, PublicKey, SecretKey, SignatureError, verify,
};
use meshlaw_changeset::Snapshot;
use meshlaw_policy::{Book, BookFile, Layer};

use super::law_in;
use crate::bundles::{self, SIGNATURE};
use crate::environment::variable;
use crate::failure::{ExitStatus, Failure};
use crate::law;
use crate::output::{count, print, write_file};
use crate::settings;

/// Make, sign and verify a floor that many repositories share
#[derive(Debug, clap::Args)]
pub struct BundleArgs {
    #[command(subcommand)]
    command: BundleCommand,
}

/// What can be done with bundles.
#[derive(Debug, clap::Subcommand)]
enum BundleCommand {
    Build(BuildArgs),
    Verify(VerifyArgs),
    PullFromDir(PullArgs),
    Keygen(KeygenArgs),
}

/// Pack the floor of a repository into one file
///
/// The floor is what `org/` holds, what is built in and extended, and the parameters that the settings
/// state; policies that come in a bundle themselves are left to it. The same policies give the same bytes.
#[derive(Debug, clap::Args)]
struct BuildArgs {
    /// Root of the repository
    #[arg(long, value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Name of the bundle
    #[arg(long, value_name = "NAME", default_value = "floor")]
    name: String,
    /// File to write [default: the name with `.bundle`]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// File of the secret key to sign with; MESHLAW_KEY_PASSWORD opens one under a password
    #[arg(long, value_name = "SECRET")]
    key: Option<PathBuf>,
}

/// Verify the signature of a bundle, and that its policies load
#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// The bundle
    file: PathBuf,
    /// Public key, or a file that holds it; repeatable, one must have signed
    #[arg(long = "key", value_name = "PUBLIC", required = true)]
    keys: Vec<String>,
    /// File of the signature [default: the bundle's name with `.minisig`]
    #[arg(long, value_name = "FILE")]
    signature: Option<PathBuf>,
}

/// Bring the bundles that the settings name from a folder, each once it is verified
#[derive(Debug, clap::Args)]
struct PullArgs {
    /// Folder that holds the bundles with their signatures
    folder: PathBuf,
    /// Root of the repository
    #[arg(long, value_name = "PATH", default_value = ".")]
    path: PathBuf,
    /// Pin what is brought: write its hash into the settings
    #[arg(long)]
    pin: bool,
}

/// Make a pair of keys: FILE, which signs, and FILE.pub, which verifies
#[derive(Debug, clap::Args)]
struct KeygenArgs {
    /// File of the secret key
    file: PathBuf,
    /// Keep the secret key without a password, for a machine that has a safe of its own; otherwise
    /// MESHLAW_KEY_PASSWORD is its password
    #[arg(long)]
    no_password: bool,
}

/// The variable that holds the password of a secret key.
const PASSWORD: &str = "MESHLAW_KEY_PASSWORD";

/// Runs what was asked for.
pub fn run(args: &BundleArgs) -> anyhow::Result<ExitStatus> {
    match &args.command {
        BundleCommand::Build(args) => build(args),
        BundleCommand::Verify(args) => verified(args),
        BundleCommand::PullFromDir(args) => pull(args),
        BundleCommand::Keygen(args) => keygen(args),
    }
}

fn build(args: &BuildArgs) -> anyhow::Result<ExitStatus> {
    let (_, law) = law_in(&args.path)?;
    let own = law.book.policies.iter();
    let own = own.filter(|one| one.layer == Layer::Org && one.bundle.is_none());
    let files = own.flat_map(|policy| {
        let file = |name: &str, text: &str| File {
            path: format!("{}/{name}", policy.id),
            text: text.to_owned(),
        };
        let readme = (!policy.readme.is_empty()).then(|| file("README.md", &policy.readme));
        std::iter::once(file("policy.cedar", &policy.text)).chain(readme)
    });
    let parameters = settings::stated_parameters(&law.texts.settings);
    let bundle = Bundle::new(&args.name, parameters, files.collect()).map_err(|error| {
        let help = "a bundle holds `org/<group>/<name>/policy.cedar`, with names of letters, digits, \
                    `-`, `_` and `.`";
        Failure::new(format!("there is no bundle of this: {error}"), help)
    })?;
    let text = bundle.to_text();
    let hash = Hash::of(text.as_bytes());
    // The key is tried first, so that nothing is written that then lacks its signature.
    let signer = args.key.as_deref().map(secret_key).transpose()?;
    let out = match &args.out {
        Some(out) => out.clone(),
        None => PathBuf::from(format!("{}.bundle", args.name)),
    };
    write_file(&out, &text)?;
    let mut told = format!("wrote {}: {}\n{hash}\n", out.display(), policies(&bundle));
    let beside = beside(&out);
    match signer {
        Some(key) => {
            let public = key.public().map_err(failed)?;
            let comment = format!("bundle {} {hash}", args.name);
            let signature = key.sign(text.as_bytes(), &comment).map_err(failed)?;
            write_file(&beside, &signature)?;
            let name = out.file_name().unwrap_or_default().to_string_lossy();
            let _ = writeln!(
                told,
                "wrote {}: signed by {public}\n\nWhere it shall hold, in {}:\n\nbundles:\n  - path: \
                 governance/{name}\n    hash: {hash}\n    keys: [{public}]",
                beside.display(),
                settings::FILE
            );
        }
        None => {
            // A signature of other bytes would only mislead.
            let _ = fs::remove_file(&beside);
            let out = out.display();
            let _ = writeln!(
                told,
                "not signed: `--key SECRET` signs it, and so does `minisign -Sm {out}`"
            );
        }
    }
    print(&told)?;
    Ok(ExitStatus::Pass)
}

fn verified(args: &VerifyArgs) -> anyhow::Result<ExitStatus> {
    let keys: Result<Vec<PublicKey>, Failure> =
        args.keys.iter().map(|key| public_key(key)).collect();
    let keys = keys?;
    let signature = args.signature.clone().unwrap_or_else(|| beside(&args.file));
    let (bundle, hash, signer) = open(&args.file, &signature, &keys)?;
    let files = bundle.files().iter();
    let files: Vec<BookFile> = files
        .map(|file| BookFile {
            path: file.path.clone(),
            text: file.text.clone().into(),
        })
        .collect();
    Book::load(&[], &files).map_err(|problems| {
        let failure = |problem: meshlaw_policy::BookProblem| {
            let line = bundle
                .line_of(&problem.path, problem.line as usize)
                .unwrap_or(1);
            let place = format!("{}:{line}:1", args.file.display());
            Failure::new(problem.message, problem.help.unwrap_or_default()).at(place)
        };
        Failure::all(problems.into_iter().map(failure))
            .unwrap_or_else(|| Failure::new("the policies do not load", ""))
    })?;
    let name = bundle.name();
    print(&format!(
        "{}: the bundle `{name}` with {}\n{hash}\nsigned by {signer}\n",
        args.file.display(),
        policies(&bundle)
    ))?;
    Ok(ExitStatus::Pass)
}

fn pull(args: &PullArgs) -> anyhow::Result<ExitStatus> {
    let reader = Snapshot::folder(&args.path).open().map_err(Failure::from)?;
    let wanted = law::read_settings(&reader).map_err(law::failure)?.bundles;
    if wanted.is_empty() {
        let message = format!("{} names no bundle", settings::FILE);
        let help =
            "write `bundles:` with path, hash and keys; `meshlaw policy bundle build` shows how";
        return Err(Failure::new(message, help).into());
    }
    let at_settings = args.path.join(settings::FILE);
    let mut text = fs::read_to_string(&at_settings)?;
    let mut brought = Vec::new();
    for one in &wanted {
        let name = one.path.rsplit('/').next().unwrap_or(&one.path);
        let from = args.folder.join(name);
        let (bundle, hash, signer) = open(&from, &beside(&from), &one.keys)?;
        if hash != one.hash {
            if !args.pin {
                let message = format!(
                    "`{}` is not the bundle that {} pins: it has {hash}, and not {}",
                    from.display(),
                    settings::FILE,
                    one.hash
                );
                let help =
                    "look at what differs, then bring it with `--pin`, which writes its hash";
                return Err(Failure::new(message, help).into());
            }
            text = text.replace(&one.hash.to_string(), &hash.to_string());
        }
        brought.push((one, from, bundle, hash, signer));
    }
    // Nothing is written before everything is verified.
    let mut told = String::new();
    for (one, from, bundle, hash, signer) in brought {
        let to = args.path.join(&one.path);
        write_file(&to, &bundle.to_text())?;
        write_file(&beside(&to), &fs::read_to_string(beside(&from))?)?;
        let path = &one.path;
        let _ = writeln!(
            told,
            "{path}: {}, {hash}, signed by {signer}",
            policies(&bundle)
        );
    }
    if args.pin {
        write_file(&at_settings, &text)?;
    }
    print(&told)?;
    Ok(ExitStatus::Pass)
}

fn keygen(args: &KeygenArgs) -> anyhow::Result<ExitStatus> {
    let (public, text) = if args.no_password {
        let key = SecretKey::generate().map_err(failed)?;
        (
            key.public().map_err(failed)?,
            key.to_text().map_err(failed)?,
        )
    } else {
        let password = variable(PASSWORD).ok_or_else(|| {
            let message = format!("there is no password: {PASSWORD} is not set");
            Failure::new(
                message,
                "set it, or ask for a key without one by `--no-password`",
            )
        })?;
        SecretKey::generate_under(&password).map_err(failed)?
    };
    let file = &args.file;
    let of_public = PathBuf::from(format!("{}.pub", file.display()));
    write_new(file, &text, Access::Owner)?;
    write_new(
        &of_public,
        &format!("untrusted comment: minisign public key\n{public}\n"),
        Access::All,
    )?;
    let (file, of_public) = (file.display(), of_public.display());
    print(&format!(
        "wrote {file}, which signs: keep it out of every repository\nwrote {of_public}, which \
         verifies\n{public}\n"
    ))?;
    Ok(ExitStatus::Pass)
}

/// Reads a bundle from disk, and verifies it.
fn open(
    file: &Path,
    signature: &Path,
    keys: &[PublicKey],
) -> Result<(Bundle, Hash, PublicKey), Failure> {
    let name = file.display().to_string();
    let text = read(file)?;
    let signature = read(signature)?;
    let signer = verify(text.as_bytes(), &signature, keys)
        .map_err(|error| bundles::unsigned(&name, &error))?;
    let bundle =
        Bundle::read(text.as_bytes()).map_err(|error| bundles::malformed(&name, &error))?;
    Ok((bundle, Hash::of(text.as_bytes()), signer.clone()))
}

/// Reads a text that is no longer than a bundle may be.
fn read(file: &Path) -> Result<String, Failure> {
    let cannot = |why: String| {
        let message = format!("cannot read `{}`: {why}", file.display());
        Failure::new(message, "name a file that is there")
    };
    let size = fs::metadata(file).map_err(|error| cannot(error.to_string()))?;
    if size.len() > MOST_BYTES as u64 {
        return Err(cannot(format!("it has {} bytes", size.len())));
    }
    fs::read_to_string(file).map_err(|error| cannot(error.to_string()))
}

fn secret_key(file: &Path) -> Result<SecretKey, Failure> {
    let text = read(file)?;
    SecretKey::parse(&text, variable(PASSWORD).as_deref()).map_err(|error| {
        let help = format!("name the file that `keygen` wrote; {PASSWORD} holds its password");
        Failure::new(error.to_string(), help).at(file.display().to_string())
    })
}

/// Reads a key from the command line: itself, or the file that holds it.
fn public_key(text: &str) -> Result<PublicKey, Failure> {
    if let Ok(key) = PublicKey::parse(text) {
        return Ok(key);
    }
    let file = Path::new(text);
    let text = if file.is_file() {
        read(file)?
    } else {
        text.to_owned()
    };
    PublicKey::parse(&text).map_err(|error| {
        Failure::new(
            error.to_string(),
            "write the line that begins with `RW`, or its file",
        )
    })
}

fn failed(error: SignatureError) -> Failure {
    Failure::new(error.to_string(), "")
}

/// Counts the policies and parameters of a bundle, for people.
pub fn policies(bundle: &Bundle) -> String {
    let files = bundle.files().iter();
    let number = files
        .filter(|file| file.path.ends_with("/policy.cedar"))
        .count();
    let policies = count(number, "policy");
    match bundle.parameters().len() {
        0 => policies,
        more => format!("{policies}, {}", count(more, "parameter")),
    }
}

fn beside(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}{SIGNATURE}", file.display()))
}

/// Who may read a file.
#[derive(Clone, Copy)]
enum Access {
    Owner,
    All,
}

/// Writes a file that must not be there yet, so that no key is lost.
fn write_new(file: &Path, text: &str, access: Access) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    restrict(&mut options, access);
    let written = options
        .open(file)
        .and_then(|mut out| out.write_all(text.as_bytes()));
    written.map_err(|error| {
        let message = format!("cannot write `{}`: {error}", file.display());
        Failure::new(
            message,
            "name a file that is not there yet, in a folder that is",
        )
    })
}

#[cfg(unix)]
fn restrict(options: &mut fs::OpenOptions, access: Access) {
    use std::os::unix::fs::OpenOptionsExt as _;
    if matches!(access, Access::Owner) {
        options.mode(0o600);
    }
}

/// Elsewhere the folder says who may read what lies in it.
#[cfg(not(unix))]
fn restrict(_: &mut fs::OpenOptions, _: Access) {}
