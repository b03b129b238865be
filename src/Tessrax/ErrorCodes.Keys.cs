namespace Tessrax;

// 2xxx: keys and notes
public static partial class ErrorCodes
{
    public static readonly ErrorCode WrongPassphrase = Refused(
        2001,
        "wrong passphrase",
        "the passphrase is another one, or the key file's bytes were changed",
        "check the passphrase; if the file was changed by hand, restore it from a backup"
    );
    public static readonly ErrorCode BadKey = Input(
        2002,
        "not a key of the expected form",
        "the text was cut while copying, or is a key of another program",
        "a vkey reads name+8 hex digits+base64; a key file is what tessraxctl keys new wrote"
    );
    public static readonly ErrorCode KeyExists = Input(
        2003,
        "key file exists",
        "a key of that name was made before",
        "key files are never overwritten: choose another path"
    );
    public static readonly ErrorCode NoPassphrase = Input(
        2004,
        "no passphrase given",
        "the key file is encrypted, and neither the environment nor a terminal gives its passphrase",
        "set TESSRAX_PASSPHRASE, pass --passphrase-file FILE, or run on a terminal to be asked"
    );
    public static readonly ErrorCode WrongKey = Refused(
        2005,
        "key may not be used for this",
        "keys have one purpose each, and this one's is another",
        "one key has one purpose; see tessraxctl keys list"
    );
    public static readonly ErrorCode BadNote = Input(
        2006,
        "not a signed note",
        "the file is no checkpoint or note, or its blank line and signature lines were lost",
        "a note is text, a blank line, then signature lines (C2SP signed-note)"
    );
    public static readonly ErrorCode NoteRefused = Input(
        2007,
        "note signature does not hold",
        "the note was changed after it was signed, or another key signed it",
        "check that the vkey is the signer's, and that the text was not changed"
    );
    public static readonly ErrorCode BadTrustRoot = Input(
        2008,
        "not a trust root",
        "the file is not what trust export writes, or was edited",
        "export one where you trust the ledger: tessraxctl trust export DIR -o FILE"
    );
    public static readonly ErrorCode SignerFailed = Storage(
        2009,
        "signing command failed",
        "the command could not be started, ended with an error, took too long, or printed something else",
        "the command gets the bytes to sign on standard input and must print the 64-byte signature in base64",
        "what was to be signed was not recorded"
    );
    public static readonly ErrorCode BadMnemonic = Input(
        2010,
        "not a mnemonic",
        "a word was misread or swapped, so the checksum does not fit",
        "compare it with what was written down, word by word; the first four letters tell every word of the list apart"
    );
    public static readonly ErrorCode UnknownWord = Input(
        2011,
        "word is not in the list",
        "a word is misspelt or of another language's list",
        "words are written out in English, as in the list: compare this one with what was written down"
    );
    public static readonly ErrorCode OtherSeed = Refused(
        2012,
        "seed gives other keys",
        "the words, the passphrase or the ledger's number differ from those the keys were made from",
        "the mnemonic, its passphrase or the number of the ledger is another one; tessraxctl keys derive shows what they give"
    );
    public static readonly ErrorCode BadShare = Input(
        2013,
        "not a share of a secret",
        "a word of the share was misread or swapped, so its checksum does not fit",
        "compare it with what was written down, word by word; the first four letters tell every word of the list apart"
    );
    public static readonly ErrorCode SharesDiffer = Input(
        2014,
        "shares do not belong together",
        "shares of several secrets, or of several makings of one, were mixed",
        "shares of one secret begin with the same two words; look for the one that does not belong"
    );
    public static readonly ErrorCode SeedPassphrase = Input(
        2015,
        "passphrase of a seed is not ASCII",
        "the passphrase has letters beyond ASCII",
        "beyond ASCII one passphrase has several spellings, and each would give other keys: use letters, digits and signs of ASCII"
    );
    public static readonly ErrorCode TooFewShares = Input(
        2016,
        "too few shares",
        "fewer shares were given than it takes to put the secret together",
        "ask further holders: fewer shares than it takes tell nothing of the secret"
    );
    public static readonly ErrorCode QrTooLarge = Input(
        2017,
        "too large for a QR code",
        "the file has more bytes than the largest QR code holds",
        "take the file to the other machine instead"
    );
}
