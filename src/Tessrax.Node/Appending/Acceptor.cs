using System.Buffers.Binary;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Appending;

/// <summary>Makes an append ready for its place, on its caller's thread: validates, canonicalizes, freezes, commits, signs or verifies.</summary>
/// <remarks>All that does not depend on the entries before it is done here, for many callers at once: each has an acceptor of its own while it works.</remarks>
internal sealed class Acceptor(LedgerWriter writer)
{
    private const int RandomPerEntry = Receipt.SaltBytes + EntryBody.NonceBytes;

    // One call to the system's random source serves 40 entries.
    private const int RandomBytes = 40 * RandomPerEntry;

    private readonly LeafPipeline maker = new(writer.Hasher);
    private readonly byte[] random = new byte[RandomBytes];
    private readonly Voucher author = writer.Bodies.VoucherOf(VoucherKind.Author);
    private int drawn = RandomBytes;

    // One key vouches for most of what comes.
    private (IReadOnlyList<LedgerKey>? Keys, Voucher By) active;

    // The log's key may change under way; nothing is signed with it here.
    private (IReadOnlyList<LedgerKey>? Keys, Voucher By) log;

    // When bodies made here are issued.
    private UtcTime now;

    /// <summary>Looks at the clock, once for all that one call appends.</summary>
    public void Begin() => now = writer.Clock.Next(default);

    /// <summary>Makes a user's own event ready.</summary>
    /// <exception cref="TessraxException">It is not what it should be; nothing was appended.</exception>
    /// <exception cref="ArgumentException">The nonce has not 16 bytes.</exception>
    public void Accept(AppendItem item, in OwnDraft draft, GovernanceState state)
    {
        RequireOwn(draft.Event);
        ReadOnlySpan<byte> salt = DrawSalt();
        maker.CommitOwn(writer.Directory.Id, draft.Data.Span, draft.State, salt);
        Finish(item, draft.Event, draft.By, draft.Nonce.Span, salt, state);
    }

    /// <summary>Makes a draft of a user's own event ready.</summary>
    /// <exception cref="TessraxException">It is not what it should be; nothing was appended.</exception>
    public void Accept(AppendItem item, Draft draft, GovernanceState state)
    {
        RequireOwn(draft.Event);
        FrozenPayload payload =
            draft.Payload ?? throw ErrorCodes.EntryMalformed.Because($"{draft.Event} needs a payload");
        RequireOwnPayload(payload);
        ReadOnlySpan<byte> salt = DrawSalt();
        maker.Commit(writer.Directory.Id, payload.Bytes, salt);
        Span<byte> nonce = stackalloc byte[EntryBody.NonceBytes + 2];
        int length = 0;
        if (draft.Nonce is { } chosen && !Convert.TryFromBase64String(chosen, nonce, out length))
            throw ErrorCodes.BadValue.Because($"the nonce '{chosen}' is not {EntryBody.NonceBytes} bytes in base64");
        Finish(item, draft.Event, draft.By, nonce[..length], salt, state);
    }

    /// <summary>Verifies a body that was signed elsewhere.</summary>
    /// <exception cref="TessraxException">A rule is broken; nothing was appended.</exception>
    public void Accept(
        AppendItem item,
        SignedBody signed,
        FrozenPayload payload,
        GovernanceState state,
        VerifiedSeals seals
    )
    {
        RequireOwn(signed.Body.Event);
        var entry = new Entry
        {
            Body = signed.Body,
            Signature = signed.Signature,
            Seal = signed.Seal,
            Index = 1,
            Epoch = state.Epoch,
            RecordedAt = now,
            Gov = state.Reference,
        };
        // The place is not its own yet; of all that is judged here, only the time can turn out differently.
        Receipt receipt = Receipt.WithoutPlace(entry, payload, signed.Salt.Span);
        if (EntryRules.Judge(receipt, state, seals) is { } refusal)
            throw refusal.ToException();
        RequireOwnPayload(payload);
        EntryBody body = signed.Body;
        Span<byte> signature = stackalloc byte[PublicKey.SignatureSize];
        int length = 0;
        if (signed.Signature is not null)
            Convert.TryFromBase64String(signed.Signature, signature, out length);
        item.Take(
            body.Event,
            new OwnEntry(body.By, NonceOf(body.Nonce), body.IssuedAt, body.ExpiresAt, entry.RecordedAt),
            mayRepeat: true,
            state,
            payload.Bytes,
            RepeatedAppends.CanonicalOf(body, writer.Directory.Id),
            signed.Salt.Span,
            signature[..length]
        );
        item.TakeForeign(signed.Seal);
    }

    /// <summary>The number that a nonce is, big-endian.</summary>
    public static UInt128 NonceOf(string nonce)
    {
        Span<byte> bytes = stackalloc byte[EntryBody.NonceBytes + 2];
        return Convert.TryFromBase64String(nonce, bytes, out int length) && length == EntryBody.NonceBytes
            ? BinaryPrimitives.ReadUInt128BigEndian(bytes)
            : throw ErrorCodes.BadValue.Because($"the nonce '{nonce}' is not {EntryBody.NonceBytes} bytes in base64");
    }

    private static void RequireOwn(string name)
    {
        if (!Events.IsOwn(name))
            throw ErrorCodes.NotAppendable.Because(
                $"{name} is no event of your own",
                "events that begin with x- are appended so; all others by LedgerPipeline.RunAsync"
            );
    }

    // One pass tells as a rule; what is wrong, the strict reader says.
    private static void RequireOwnPayload(FrozenPayload payload)
    {
        if (!EntryScanner.IsOwnPayload(payload.Bytes))
            OwnEvent.FromJson(payload.Root);
    }

    private void Finish(
        AppendItem item,
        string name,
        VoucherKind kind,
        ReadOnlySpan<byte> chosen,
        ReadOnlySpan<byte> salt,
        GovernanceState state
    )
    {
        if (kind == VoucherKind.Seal)
            throw new ArgumentException(
                "a sealed body is made by its author, and appended with its seal",
                nameof(kind)
            );
        Voucher by = kind == VoucherKind.Log ? LogOf(state) : author;
        RequireActive(by, state);
        ReadOnlySpan<byte> nonce = chosen.IsEmpty ? Draw(EntryBody.NonceBytes) : chosen;
        var draft = new BodyDraft
        {
            Event = name,
            By = by,
            IssuedAt = now,
            ExpiresAt = now + BodySigner.ValidityUnder(state.Windows),
            Nonce = nonce,
        };
        ReadOnlySpan<byte> signed = maker.WriteBody(writer.Directory.Id, draft);
        ReadOnlySpan<byte> signature = kind == VoucherKind.Log ? default : Sign(signed);
        var entry = new OwnEntry(draft.By, BinaryPrimitives.ReadUInt128BigEndian(nonce), now, draft.ExpiresAt, now);
        item.Take(name, entry, !chosen.IsEmpty, state, maker.Payload, maker.Body, salt, signature);
    }

    private Voucher LogOf(GovernanceState state)
    {
        if (!ReferenceEquals(log.Keys, state.Keys))
            log = (state.Keys, new Voucher(VoucherKind.Log, state.LogKey!.Id));
        return log.By;
    }

    // What others signed is judged whole; of what is signed here, only this can be wrong: the writer's own key may have ended.
    private void RequireActive(Voucher by, GovernanceState state)
    {
        if (by.Kind == VoucherKind.Log || (ReferenceEquals(active.Keys, state.Keys) && active.By == by))
            return;
        if (state.Active(by.Key, KeyPurpose.Author) is null)
            throw ErrorCodes.KeyEnded.Because($"this node's author key {by.Key} may sign no more");
        active = (state.Keys, by);
    }

    // Checked like everyone's: a signature that a faulty machine made would stand in the ledger for ever.
    private byte[] Sign(ReadOnlySpan<byte> message)
    {
        PrivateKey key = writer.Keys.Author;
        byte[] signature = key.Sign(message);
        return key.PublicKey.Verify(message, signature)
            ? signature
            : throw ErrorCodes.SignatureBroken.Because("a signature made here does not hold; nothing was appended");
    }

    // After it there are enough bytes left for a nonce: drawing that will not write over the salt.
    private ReadOnlySpan<byte> DrawSalt()
    {
        if (random.Length - drawn < RandomPerEntry)
        {
            writer.Environment.Random(random);
            drawn = 0;
        }
        return Draw(Receipt.SaltBytes);
    }

    private ReadOnlySpan<byte> Draw(int count)
    {
        drawn += count;
        return random.AsSpan(drawn - count, count);
    }
}
