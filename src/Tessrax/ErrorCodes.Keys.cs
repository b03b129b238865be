namespace Tessrax;

// 2xxx: keys and notes
public static partial class ErrorCodes
{
    public static readonly ErrorCode WrongPassphrase = Refused(
        2001,
        "wrong passphrase",
        "check the passphrase; if the file was changed by hand, restore it from a backup"
    );
    public static readonly ErrorCode BadKey = Input(
        2002,
        "not a key of the expected form",
        "a vkey reads name+8 hex digits+base64; a key file is what tessraxctl keys new wrote"
    );
    public static readonly ErrorCode KeyExists = Input(
        2003,
        "key file exists",
        "key files are never overwritten: choose another path"
    );
    public static readonly ErrorCode NoPassphrase = Input(
        2004,
        "no passphrase given",
        "set TESSRAX_PASSPHRASE, pass --passphrase-file FILE, or run on a terminal to be asked"
    );
    public static readonly ErrorCode WrongKey = Refused(
        2005,
        "key may not be used for this",
        "one key has one purpose; see tessraxctl keys list"
    );
    public static readonly ErrorCode BadNote = Input(
        2006,
        "not a signed note",
        "a note is text, a blank line, then signature lines (C2SP signed-note)"
    );
    public static readonly ErrorCode NoteRefused = Input(
        2007,
        "note signature does not hold",
        "check that the vkey is the signer's, and that the text was not changed"
    );
    public static readonly ErrorCode BadTrustRoot = Input(
        2008,
        "not a trust root",
        "export one where you trust the ledger: tessraxctl trust export DIR -o FILE"
    );
    public static readonly ErrorCode SignerFailed = Storage(
        2009,
        "signing command failed",
        "the command gets the bytes to sign on standard input and must print the 64-byte signature in base64"
    );
    public static readonly ErrorCode BadMnemonic = Input(
        2010,
        "not a mnemonic",
        "compare it with what was written down, word by word; the first four letters tell every word of the list apart"
    );
    public static readonly ErrorCode UnknownWord = Input(
        2011,
        "word is not in the list",
        "words are written out in English, as in the list: compare this one with what was written down"
    );
    public static readonly ErrorCode OtherSeed = Refused(
        2012,
        "seed gives other keys",
        "the mnemonic, its passphrase or the number of the ledger is another one; tessraxctl keys derive shows what they give"
    );
    public static readonly ErrorCode BadShare = Input(
        2013,
        "not a share of a secret",
        "compare it with what was written down, word by word; the first four letters tell every word of the list apart"
    );
    public static readonly ErrorCode SharesDiffer = Input(
        2014,
        "shares do not belong together",
        "shares of one secret begin with the same two words; look for the one that does not belong"
    );
    public static readonly ErrorCode SeedPassphrase = Input(
        2015,
        "passphrase of a seed is not ASCII",
        "beyond ASCII one passphrase has several spellings, and each would give other keys: use letters, digits and signs of ASCII"
    );
    public static readonly ErrorCode TooFewShares = Input(
        2016,
        "too few shares",
        "ask further holders: fewer shares than it takes tell nothing of the secret"
    );
    public static readonly ErrorCode QrTooLarge = Input(
        2017,
        "too large for a QR code",
        "take the file to the other machine instead"
    );
}
