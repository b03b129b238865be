using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tessrax.Keys;

/// <summary>A text and its signatures (C2SP signed-note). Nothing of it is to be believed before a signature was verified.</summary>
/// <remarks>
/// The text, which ends in a line feed; a blank line; one or more signature lines. UTF-8, no control characters below U+0020
/// but line feeds. At most 1 MiB and 100 signatures. Reading and writing again gives the same bytes.
/// </remarks>
/// <example><code>
/// This is an example message.
///
/// — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
/// </code></example>
public sealed record SignedNote
{
    /// <summary>1 MiB.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The most signature lines; the standard asks for at least 16.</summary>
    public const int MaxSignatures = 100;

    private readonly NoteSignature[] signatures;

    private SignedNote(string text, NoteSignature[] signatures)
    {
        Text = text;
        this.signatures = signatures;
    }

    /// <summary>What is signed, with its last line feed.</summary>
    public string Text { get; }

    /// <summary>The signature lines, in their order; at least one.</summary>
    public IReadOnlyList<NoteSignature> Signatures => signatures;

    /// <summary>Reads a note. Its signatures are not checked.</summary>
    /// <exception cref="TessraxException">TSX2006: not a note.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> bytes) =>
        TryParse(bytes, out SignedNote? note, out string reason) ? note : throw ErrorCodes.BadNote.Because(reason);

    /// <summary>Reads a note. Its signatures are not checked.</summary>
    /// <returns>False, with the reason, for anything that is not a note.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note, out string reason)
    {
        note = null;
        if (bytes.Length > MaxBytes)
            return No($"the note is larger than {MaxBytes} bytes", out reason);
        string whole;
        try
        {
            whole = NoteText.Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return No("the note is not UTF-8", out reason);
        }
        if (NoteText.Fault(whole) is { } fault)
            return No(fault.Replace("the text", "the note", StringComparison.Ordinal), out reason);
        // "the text is separated from the signatures by the last empty line in the note"
        int split = whole.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || split + 2 == whole.Length)
            return No("the note has no signatures after a blank line", out reason);
        string[] lines = whole[(split + 2)..^1].Split('\n');
        if (lines.Length > MaxSignatures)
            return No($"the note has more than {MaxSignatures} signatures", out reason);
        var signatures = new NoteSignature[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            if (NoteSignature.Parse(lines[i]) is not { } signature)
                return No($"signature line {i + 1} of the note is malformed", out reason);
            signatures[i] = signature;
        }
        note = new SignedNote(whole[..(split + 1)], signatures);
        reason = "";
        return true;
    }

    /// <summary>Signs a text with an Ed25519 key (type 01).</summary>
    /// <exception cref="TessraxException">TSX2006: the text does not end in a line feed, has other control characters, or is too
    /// large; TSX2002: the name cannot name a key.</exception>
    public static SignedNote Sign(string text, string name, PrivateKey key)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(key);
        if (NoteText.Fault(text) is { } fault)
            throw ErrorCodes.BadNote.Because(
                fault,
                "what is signed is UTF-8 text, ends in a line feed, and has no other control characters"
            );
        var verifier = VerifierKey.Create(name, key.PublicKey);
        var signature = new NoteSignature(name, verifier.NoteId, key.Sign(NoteText.Utf8.GetBytes(text)));
        return new SignedNote(text, [signature]).Checked();
    }

    /// <summary>The note with one more signature line, below the others.</summary>
    /// <exception cref="TessraxException">TSX2006: too many signatures, or too large.</exception>
    public SignedNote With(NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        if (!NoteText.IsName(signature.Name) || signature.Signature.IsEmpty)
            throw new ArgumentException("not a signature line", nameof(signature));
        return new SignedNote(Text, [.. signatures, signature]).Checked();
    }

    /// <summary>The note with a signature line below the others, in the place of those of the same key.</summary>
    /// <exception cref="TessraxException">TSX2006: too many signatures, or too large.</exception>
    public SignedNote WithNewest(NoteSignature signature)
    {
        ArgumentNullException.ThrowIfNull(signature);
        NoteSignature[] others =
        [
            .. signatures.Where(line => line.Name != signature.Name || line.KeyId != signature.KeyId),
        ];
        return new SignedNote(Text, others).With(signature);
    }

    /// <summary>The note with the lines of these keys alone. Whether they hold is not checked.</summary>
    /// <exception cref="TessraxException">TSX2006: none is of these keys.</exception>
    public SignedNote Only(IReadOnlyCollection<VerifierKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        NoteSignature[] kept =
        [
            .. signatures.Where(line => keys.Any(key => key.Name == line.Name && key.NoteId == line.KeyId)),
        ];
        return kept.Length > 0
            ? new SignedNote(Text, kept)
            : throw ErrorCodes.BadNote.Because("no signature is of a known key");
    }

    /// <summary>Reports whether the note is signed by this key: at least one signature line is its, and all of its lines hold.</summary>
    public bool TryVerify(VerifierKey key) => Verify([key], out _, out _);

    /// <summary>Checks the signatures of the keys that the caller knows, and ignores those of all others.</summary>
    /// <param name="known">The keys that count, chosen by the caller and not by the note.</param>
    /// <param name="verified">Each known key that signed, once, in the order of the lines; empty if the note is refused.</param>
    /// <param name="reason">Why the note is refused; empty if it is not.</param>
    /// <returns>False if a signature of a known key does not hold, or none is of a known key.</returns>
    public bool Verify(
        IReadOnlyCollection<VerifierKey> known,
        out IReadOnlyList<VerifiedSignature> verified,
        out string reason
    )
    {
        ArgumentNullException.ThrowIfNull(known);
        verified = [];
        var byNameAndId = new Dictionary<(string, uint), VerifierKey>();
        foreach (VerifierKey key in known)
        {
            // Four bytes collide on purpose easily: which of the two keys is meant could not be told.
            if (!byNameAndId.TryAdd((key.Name, key.NoteId), key) && byNameAndId[(key.Name, key.NoteId)] != key)
                return No($"two known keys share the name '{key.Name}' and an id", out reason);
        }
        var holding = new List<VerifiedSignature>();
        foreach (NoteSignature line in signatures)
        {
            if (!byNameAndId.TryGetValue((line.Name, line.KeyId), out VerifierKey? key))
                continue;
            // "If a signature from a known key fails to verify, clients SHOULD reject the whole note."
            if (!key.Verify(Text, line.Signature.Span, out Canonical.UtcTime? time))
                return No($"the signature of '{line.Name}' does not hold", out reason);
            if (!holding.Exists(v => v.Key == key))
                holding.Add(new VerifiedSignature(key, time));
        }
        if (holding.Count == 0)
            return No("no signature is of a known key", out reason);
        verified = holding;
        reason = "";
        return true;
    }

    /// <summary>The note as it is stored and sent.</summary>
    public byte[] ToBytes() => NoteText.Utf8.GetBytes(ToString());

    /// <summary>The note as text.</summary>
    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (NoteSignature signature in signatures)
            note.Append(signature).Append('\n');
        return note.ToString();
    }

    public bool Equals(SignedNote? other) =>
        other is not null && Text == other.Text && signatures.AsSpan().SequenceEqual(other.signatures);

    public override int GetHashCode() => HashCode.Combine(Text, signatures.Length);

    private static bool No(string why, out string reason)
    {
        reason = why;
        return false;
    }

    private SignedNote Checked()
    {
        if (signatures.Length > MaxSignatures)
            throw ErrorCodes.BadNote.Because($"the note would have more than {MaxSignatures} signatures");
        return NoteText.Utf8.GetByteCount(ToString()) <= MaxBytes
            ? this
            : throw ErrorCodes.BadNote.Because($"the note would be larger than {MaxBytes} bytes");
    }
}
