using System.Globalization;

namespace Tessrax.Keys;

// Reads the lines of C2SP tlog-policy. One use, one policy.
internal sealed class TlogPolicyParser
{
    /// <summary>"The special name `none` is predefined; it can be used when defining the quorum".</summary>
    internal const string None = "none";

    private const int MaxLines = 4096;
    private const int MaxEach = 256;
    private const int MaxCharacters = 1 << 18;

    private readonly List<VerifierKey> logs = [];
    private readonly Dictionary<string, VerifierKey> witnesses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> witnessUrls = new(StringComparer.Ordinal);
    private readonly List<TlogPolicy.WitnessGroup> groups = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly HashSet<string> members = new(StringComparer.Ordinal);
    private string? quorum;
    private int line;

    private TlogPolicyParser() { }

    internal static TlogPolicy Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parser = new TlogPolicyParser();
        string[] lines = text.Split('\n');
        if (text.Length > MaxCharacters || lines.Length > MaxLines)
            throw ErrorCodes.BadTrustRoot.Because("the policy is too large");
        foreach (string read in lines)
            parser.Read(read);
        return parser.quorum is { } quorum
            ? new TlogPolicy(text, parser.logs, parser.witnesses, parser.witnessUrls, parser.groups, quorum)
            : throw ErrorCodes.BadTrustRoot.Because(
                "the policy has no quorum line",
                "end it with 'quorum NAME', or with 'quorum none' to rely on the log alone"
            );
    }

    private void Read(string text)
    {
        line++;
        // "the allowed octet values are 0x09 (tab), 0x0A (newline), 0x20-0x7E, and 0x80-0xFF"
        if (text.Any(c => (c < 0x20 && c != '\t') || c == 0x7F) || !NoteText.IsWellFormed(text))
            throw Fault("has a control character, or is not Unicode");
        // "whitespace" is spaces and tabs only, so any other Unicode space is part of a word.
        string[] words = text.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words[0].StartsWith('#'))
            return;
        switch (words[0])
        {
            case "log":
                Log(words);
                break;
            case "witness":
                Witness(words);
                break;
            case "group":
                Group(words);
                break;
            case "quorum":
                Quorum(words);
                break;
            default:
                throw Fault($"begins with '{words[0]}'; it must be log, witness, group or quorum");
        }
    }

    // log <vkey> [<url>]
    private void Log(string[] words)
    {
        if (words.Length is < 2 or > 3)
            throw Fault("must read: log <vkey> [<url>]");
        VerifierKey key = Key(words[1], VerifierKey.Ed25519, "a log");
        // "multiple log lines with the same public key, are not allowed", whatever their names and ids.
        if (logs.Exists(other => other.Key == key.Key))
            throw Fault("names a log whose key is on a line above");
        logs.Add(key);
        Limit(logs.Count);
    }

    // witness <name> <vkey> [<url>]
    private void Witness(string[] words)
    {
        if (words.Length is < 3 or > 4)
            throw Fault("must read: witness <name> <vkey> [<url>]");
        VerifierKey key = Key(words[2], VerifierKey.Ed25519Cosignature, "a witness");
        // One key under two names would be counted twice.
        if (witnesses.Values.Any(other => other.Key == key.Key))
            throw Fault("names a witness whose key is on a line above");
        Define(words[1]);
        witnesses.Add(words[1], key);
        if (words.Length == 4)
            witnessUrls.Add(words[1], words[3]);
        Limit(witnesses.Count);
    }

    // group <name> <k|all|any> <name>...
    private void Group(string[] words)
    {
        if (words.Length < 4)
            throw Fault("must read: group <name> <k|all|any> <member>...");
        string[] of = words[3..];
        foreach (string member in of)
        {
            if (!names.Contains(member))
                throw Fault($"refers to '{member}', which no line above defines");
            // "Each defined name can be listed as a group member at most once", in the whole policy.
            if (!members.Add(member))
                throw Fault($"counts '{member}', which is a member already");
        }
        Define(words[1]);
        groups.Add(new TlogPolicy.WitnessGroup(words[1], Threshold(words[2], of.Length), of));
        Limit(groups.Count);
    }

    // quorum <name|none>
    private void Quorum(string[] words)
    {
        if (words.Length != 2)
            throw Fault("must read: quorum <name>");
        if (quorum is not null)
            throw Fault("is a second quorum line");
        if (words[1] != None && !names.Contains(words[1]))
            throw Fault($"refers to '{words[1]}', which no line above defines");
        quorum = words[1];
    }

    private int Threshold(string word, int count)
    {
        if (word == "any")
            return 1;
        if (word == "all")
            return count;
        bool number = int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int k);
        return number && word[0] != '0' && k <= count
            ? k
            : throw Fault($"asks for '{word}' of {count}; it must be all, any or a number from 1 to {count}");
    }

    private VerifierKey Key(string word, byte type, string whose)
    {
        if (!VerifierKey.TryParse(word, out VerifierKey? key))
            throw Fault($"has no vkey where one belongs: '{word}'");
        return key.Type == type
            ? key
            : throw Fault($"has a key of type {key.Type:x2}; the key of {whose} is of type {type:x2}");
    }

    private void Define(string name)
    {
        if (name == None)
            throw Fault("defines 'none', which is predefined");
        if (!names.Add(name))
            throw Fault($"defines '{name}' again");
    }

    private void Limit(int count)
    {
        if (count > MaxEach)
            throw Fault($"is one too many: a policy has at most {MaxEach} logs, witnesses and groups each");
    }

    private TessraxException Fault(string what) =>
        ErrorCodes.BadTrustRoot.Because($"line {line} of the policy {what}", "see c2sp.org/tlog-policy");
}
