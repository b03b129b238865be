using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Tessrax.Hashing;

namespace Tessrax.Keys;

/// <summary>What a log sends to a witness (C2SP tlog-witness, <c>add-checkpoint</c>): the size that the witness has cosigned, a proof that the tree has only grown since, and the new checkpoint.</summary>
/// <example><code>
/// old 20852014
/// PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
/// jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
///
/// example.com/behind-the-sofa
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
///
/// — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
/// </code></example>
public sealed record AddCheckpointRequest
{
    /// <summary>A request is no longer than this: 63 hashes, and a checkpoint with all the signatures that it may have.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>"The client MUST NOT send more than 63 consistency proof lines."</summary>
    public const int MaxProof = 63;

    private const string OldWord = "old ";

    private readonly Digest[] proof;

    private AddCheckpointRequest(long old, Digest[] proof, SignedNote note, Checkpoint says) =>
        (Old, this.proof, Note, Says) = (old, proof, note, says);

    /// <summary>The size that the log takes the witness to have cosigned last; 0 for none.</summary>
    public long Old { get; }

    /// <summary>The consistency proof from that size (RFC 6962, section 2.1.2).</summary>
    public IReadOnlyList<Digest> Proof => proof;

    /// <summary>The checkpoint with its signatures, which are not checked here.</summary>
    public SignedNote Note { get; }

    /// <summary>What the checkpoint says, without its extension lines. A head of size 0 may have any root: that is the rules' to refuse.</summary>
    public Checkpoint Says { get; }

    internal ReadOnlySpan<Digest> Path => proof;

    /// <summary>A request to send.</summary>
    /// <param name="old">The size that the witness has cosigned last; 0 for none.</param>
    /// <param name="proof">From that size to the checkpoint's; at most <see cref="MaxProof"/> hashes.</param>
    /// <param name="note">The checkpoint as the log signed it.</param>
    /// <exception cref="TessraxException">TSX2006: the note is no checkpoint.</exception>
    public static AddCheckpointRequest Create(long old, IReadOnlyList<Digest> proof, SignedNote note)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(old);
        ArgumentNullException.ThrowIfNull(proof);
        ArgumentNullException.ThrowIfNull(note);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(proof.Count, MaxProof);
        return Checkpoint.TryParseHead(note.Text, out Checkpoint? says)
            ? new AddCheckpointRequest(old, [.. proof], note, says)
            : throw ErrorCodes.BadNote.Because("the note is not a checkpoint");
    }

    /// <summary>Reads a request from a stranger, in its one spelling.</summary>
    /// <param name="body">What was sent.</param>
    /// <param name="request">The request; null if it is none.</param>
    /// <param name="refusal">What the witness answers to what is no request: 400, or 403 for a checkpoint whose signature lines cannot be read.</param>
    /// <returns>False for anything that <see cref="ToBytes"/> would not write.</returns>
    public static bool TryParse(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out AddCheckpointRequest? request,
        [NotNullWhen(false)] out WitnessAnswer? refusal
    )
    {
        request = null;
        if (body.Length > MaxBytes)
            return No($"the request has more than {MaxBytes} bytes", out refusal);
        if (!TryLine(ref body, out string first) || !TryOld(first, out long old))
            return No("the first line is not 'old' and a size in decimal", out refusal);
        if (!TryProof(ref body, out Digest[] proof, out string reason))
            return No(reason, out refusal);
        if (!SignedNote.TryParse(body, out SignedNote? note, out reason))
        {
            // A witness that reads base64 less strictly finds a signature there, which does not hold.
            refusal = IsCheckpoint(body) ? WitnessRules.BadSignature(reason) : WitnessAnswer.Malformed(reason);
            return false;
        }
        if (!Checkpoint.TryParseAnyHead(note.Text, out Checkpoint? says))
            return No("the note is not a checkpoint", out refusal);
        request = new AddCheckpointRequest(old, proof, note, says);
        refusal = null;
        return true;
    }

    /// <summary>The request as it is sent.</summary>
    public byte[] ToBytes()
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{OldWord}{Old}\n");
        foreach (Digest hash in proof)
            text.Append(hash.ToBase64()).Append('\n');
        return NoteText.Utf8.GetBytes(text.Append('\n').Append(Note).ToString());
    }

    /// <inheritdoc/>
    public bool Equals(AddCheckpointRequest? other) =>
        other is not null && Old == other.Old && Note == other.Note && Path.SequenceEqual(other.Path);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Old, Note);

    private static bool TryProof(ref ReadOnlySpan<byte> body, out Digest[] proof, out string reason)
    {
        var hashes = new List<Digest>();
        proof = [];
        reason = "";
        while (true)
        {
            if (!TryLine(ref body, out string line))
                reason = "no empty line parts the proof from the checkpoint";
            else if (line.Length == 0)
                break;
            else if (hashes.Count == MaxProof)
                reason = $"the consistency proof has more than {MaxProof} lines";
            else if (!Digest.TryParseBase64(line, out Digest hash))
                reason = $"line {hashes.Count + 2} is not a hash in base64";
            else
                hashes.Add(hash);
            if (reason.Length > 0)
                return false;
        }
        proof = [.. hashes];
        return true;
    }

    private static bool IsCheckpoint(ReadOnlySpan<byte> note)
    {
        int split = note.LastIndexOf("\n\n"u8);
        return split >= 0
            && Ascii.IsValid(note[..split])
            && Checkpoint.TryParseAnyHead(Encoding.ASCII.GetString(note[..(split + 1)]), out _);
    }

    // Lines above the checkpoint are ASCII; what is not ends the request.
    private static bool TryLine(ref ReadOnlySpan<byte> rest, out string line)
    {
        int end = rest.IndexOf((byte)'\n');
        line = "";
        if (end < 0 || !Ascii.IsValid(rest[..end]))
            return false;
        line = Encoding.ASCII.GetString(rest[..end]);
        rest = rest[(end + 1)..];
        return true;
    }

    private static bool TryOld(string line, out long old)
    {
        old = 0;
        return line.StartsWith(OldWord, StringComparison.Ordinal)
            && TreeSizes.TryParse(line[OldWord.Length..], out old);
    }

    private static bool No(string why, out WitnessAnswer refusal)
    {
        refusal = WitnessAnswer.Malformed(why);
        return false;
    }
}

/// <summary>Sizes of trees as the protocols of logs write them.</summary>
internal static class TreeSizes
{
    /// <summary>Decimal digits without leading zeros, up to 2^63 - 1.</summary>
    internal static bool TryParse(string text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size)
        // One spelling: no leading zeros, and no NUL at the end, which the framework lets through.
        && text == size.ToString(CultureInfo.InvariantCulture);
}
