using System.Buffers;
using System.Buffers.Binary;
using System.Reflection;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Verification;

namespace Tessrax.Node.Reading;

/// <summary>What a verifier notes for itself, so that a later run can go on: how far it came, and what the entries up to there add up to.</summary>
/// <remarks>
/// <code>
/// "tessrax/check-note/v1\n"
/// 8 bytes, little-endian: length of the header
/// header, canonical JSON: {"state":{…},"trust":digest of the trust root,"version":"…"}
/// what the fields of the epoch add up to: 8 bytes of length, and its bytes
/// each part of the folded state, the head first: the same
/// 32 bytes: SHA-256 of all before
/// </code>
/// It is the user's own file, believed as it stands: the checksum is against accidents. It holds what claims say, so it is for nobody else to read, and
/// should be deleted when payloads are erased. It fits one build of Tessrax, one ledger and one trust root.
/// </remarks>
internal sealed record CheckNote(VerifierState State, LedgerFold Fold)
{
    // More than any ledger that a process can fold.
    public const int MaxBytes = 1 << 30;

    private static readonly byte[] Magic = "tessrax/check-note/v1\n"u8.ToArray();

    // Rules change between builds: what another one checked is not what this one would.
    private static string Version =>
        typeof(LedgerVerifier)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion
        ?? "unknown";

    /// <summary>The bytes of a note.</summary>
    /// <param name="state">How far it came.</param>
    /// <param name="folded">What the entries up to there add up to.</param>
    /// <param name="fields">What the fields of the present epoch add up to: <see cref="LedgerFold.ExportFields"/>.</param>
    /// <param name="trust">Against what.</param>
    public static byte[] Write(VerifierState state, FoldState folded, ReadOnlySpan<byte> fields, TrustRoot? trust)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(Magic);
        Add(
            output,
            JsonValue
                .Object(("state", state.ToJson()), ("trust", DigestOf(trust).ToString()), ("version", Version))
                .ToCanonicalBytes()
        );
        Add(output, fields);
        foreach (StatePart part in folded.Blocks.Prepend(folded.Head))
            Add(output, part.ToBytes());
        output.Write(HashEngine.Sha256.Hash(output.WrittenSpan).Span);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads a note.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="ledger">The ledger that is to be verified.</param>
    /// <param name="trust">Against what.</param>
    /// <exception cref="TessraxException">TSX5030: it is none, or not one to go on from here.</exception>
    public static CheckNote Read(ReadOnlyMemory<byte> bytes, Digest ledger, TrustRoot? trust)
    {
        if (!bytes.Span.StartsWith(Magic) || bytes.Length < Magic.Length + Digest.Size)
            throw Refuse("it is no note of a verification");
        ReadOnlyMemory<byte> rest = bytes[..^Digest.Size];
        if (HashEngine.Sha256.Hash(rest.Span) != new Digest(bytes.Span[^Digest.Size..]))
            throw Refuse("it was cut or changed");
        rest = rest[Magic.Length..];
        try
        {
            VerifierState state = ReadHeader(Take(ref rest), ledger, trust);
            ReadOnlyMemory<byte> fields = Take(ref rest);
            var parts = new Dictionary<Digest, ReadOnlyMemory<byte>>();
            while (!rest.IsEmpty)
            {
                ReadOnlyMemory<byte> part = Take(ref rest);
                parts[HashEngine.Sha256.Hash(part.Span)] = part;
            }
            LedgerFold fold = LedgerFold.ImportState(
                state.Ledger,
                state.Fold,
                digest => parts.TryGetValue(digest, out ReadOnlyMemory<byte> part) ? part : null
            );
            fold.ImportFields(fields.Span);
            return fold.Size == state.Size && fold.State.Hash == state.Hash
                ? new CheckNote(state, fold)
                : throw Refuse("its parts do not fit together");
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.CheckNoteRefused)
        {
            throw Refuse(e.Message);
        }
    }

    private static VerifierState ReadHeader(ReadOnlyMemory<byte> header, Digest ledger, TrustRoot? trust)
    {
        var reader = new ObjectReader(JsonValue.Parse(header.Span));
        if (reader.String("version") is var version && version != Version)
            throw Refuse($"it was written by Tessrax {version}, and this is {Version}");
        if (reader.Digest("trust") != DigestOf(trust))
            throw Refuse("it was written under another trust root");
        VerifierState state = VerifierState.FromJson(reader.Required("state"), "$.state");
        reader.End();
        return state.Ledger == ledger ? state : throw Refuse($"it is of the ledger {state.Ledger}, not of {ledger}");
    }

    private static Digest DigestOf(TrustRoot? trust) =>
        HashEngine.Sha256.Hash(
            JsonValue
                .Object(
                    ("ledger", trust?.Ledger is { } ledger ? ledger.ToString() : JsonValue.Null),
                    ("policy", trust is null ? JsonValue.Null : trust.Policy.Text),
                    ("accepted", trust?.Accepted is { } note ? note.ToString() : JsonValue.Null)
                )
                .ToCanonicalBytes()
        );

    private static void Add(ArrayBufferWriter<byte> output, ReadOnlySpan<byte> piece)
    {
        BinaryPrimitives.WriteInt64LittleEndian(output.GetSpan(sizeof(long)), piece.Length);
        output.Advance(sizeof(long));
        output.Write(piece);
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest)
    {
        long length = rest.Length < sizeof(long) ? -1 : BinaryPrimitives.ReadInt64LittleEndian(rest.Span);
        if (length < 0 || length > rest.Length - sizeof(long))
            throw Refuse("a piece of it is missing");
        ReadOnlyMemory<byte> piece = rest.Slice(sizeof(long), (int)length);
        rest = rest[(sizeof(long) + (int)length)..];
        return piece;
    }

    private static TessraxException Refuse(string why) => ErrorCodes.CheckNoteRefused.Because(why);
}
