using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Verification;

namespace Tessrax.Client;

/// <summary>Looks at a log again and again from outside, and tells when it shrinks, forks, stands still, or is not signed as it should be.</summary>
/// <remarks>It reads the static paths of C2SP tlog-tiles, of a Tessrax server or of any other log. Of a ledger of BLAKE3, which has none, it reads the API.</remarks>
public sealed class LogMonitor : IDisposable
{
    private const int MostOfNote = 64 * 1024;

    // A server that fails once may have failed by chance.
    private static readonly TimeSpan SecondTryAfter = TimeSpan.FromSeconds(1);

    private readonly TrustRoot trust;
    private readonly ClientOptions options;
    private readonly TimeSpan frozenAfter;
    private readonly Transport transport;
    private readonly ClientCache cache;

    /// <param name="server">The log's address.</param>
    /// <param name="trust">Who must have signed; its checkpoint, if it has one, is where the first look begins.</param>
    /// <param name="frozenAfter">For how long a log may stand still.</param>
    /// <param name="options">How it is asked.</param>
    /// <exception cref="TessraxException">TSX1012: no such address.</exception>
    public LogMonitor(Uri server, TrustRoot trust, TimeSpan frozenAfter, ClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(server);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentNullException.ThrowIfNull(options);
        this.trust = trust;
        this.options = options;
        this.frozenAfter = frozenAfter;
        transport = new Transport(Addresses.Check(server), null, options);
        cache = new ClientCache(trust.Ledger?.ToHex(), options);
    }

    /// <summary>One look.</summary>
    /// <param name="before">What the look before gave to remember; null for the first one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="TessraxException">TSX3016 or the server's own: the log gave no checkpoint, which says nothing about it.</exception>
    public async ValueTask<MonitorLook> LookAsync(MonitorState? before, CancellationToken cancel = default)
    {
        UtcTime now = UtcTime.Now(options.Clock);
        before ??= trust.Accepted is { } accepted ? new MonitorState(accepted, now, null) : null;
        byte[] bytes;
        TreeHasher hasher;
        try
        {
            (bytes, hasher) = await FetchAsync(cancel).ConfigureAwait(false);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoQuorumYet)
        {
            // It was asked several times already.
            return Refused(now, before, new Alarm(AlarmKind.Quorum, e.Message));
        }
        PolicyVerdict verdict = trust.Judge(bytes, null);
        if (
            verdict.Checkpoint is not { } says
            || verdict.Log is null
            || !SignedNote.TryParse(bytes, out SignedNote? note, out _)
        )
            return Refused(now, before, new Alarm(AlarmKind.Signature, verdict.Reason));
        var given = new VerifiedCheckpoint(note, says.Head, hasher);
        var alarms = new List<Alarm>();
        if (!verdict.QuorumMet)
            alarms.Add(new Alarm(AlarmKind.Quorum, verdict.Reason));
        Equivocation? evidence = null;
        if (before is not null)
        {
            (Alarm? alarm, evidence) = await CompareAsync(before, given, cancel).ConfigureAwait(false);
            if (alarm is not null)
                alarms.Add(alarm);
        }
        MonitorState? state = alarms.Count == 0 ? Follow(before, given, verdict, now) : before;
        if (state is not null && Stands(state, now) is { } frozen)
            alarms.Add(frozen);
        return new MonitorLook(now, says.Head, alarms, state)
        {
            Hasher = hasher,
            Evidence = evidence,
            Unproven = alarms.Exists(alarm => alarm.Kind == AlarmKind.Unproven) ? note : null,
        };
    }

    /// <summary>Whether a log has stood still for too long by now, as far as it was seen: also where it cannot be asked any more.</summary>
    /// <returns>The alarm; null if it has not.</returns>
    public Alarm? StandsStill(MonitorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Stands(state, UtcTime.Now(options.Clock));
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => transport.Dispose();

    private async ValueTask<(byte[] Note, TreeHasher Hasher)> FetchAsync(CancellationToken cancel)
    {
        try
        {
            Answered note = await transport.GetAsync("checkpoint", cancel, MostOfNote).ConfigureAwait(false);
            return (note.Bytes, TreeHasher.Sha256);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.NoStaticLog)
        {
            var told = new ServerWord((await transport.GetAsync("v1/checkpoint", cancel).ConfigureAwait(false)).Json());
            return told.Read(reader =>
                (
                    Encoding.UTF8.GetBytes(reader.String("note", SignedNote.MaxBytes)),
                    TreeHasher.NamedBy(reader.String("root")) ?? TreeHasher.Sha256
                )
            );
        }
    }

    // A log that gave no checkpoint of its own has not moved either.
    private MonitorLook Refused(UtcTime now, MonitorState? before, Alarm alarm) =>
        new(now, null, before is not null && Stands(before, now) is { } frozen ? [alarm, frozen] : [alarm], before);

    private async ValueTask<(Alarm? Alarm, Equivocation? Evidence)> CompareAsync(
        MonitorState before,
        VerifiedCheckpoint given,
        CancellationToken cancel
    )
    {
        TreeHead known = Checkpoint.ParseBody(before.Note.Text).Head;
        if (known == given.Head)
            return default;
        if (known.Size == given.Head.Size)
            return (
                new Alarm(
                    AlarmKind.Forked,
                    $"at size {known.Size} the log signs the root {given.Hasher.Text(given.Head.Root)}, and it signed {given.Hasher.Text(known.Root)}"
                ),
                new Equivocation
                {
                    First = before.Note.ToString(),
                    Second = given.Note.ToString(),
                    Hash = given.Hasher,
                }
            );
        if (known.Size > given.Head.Size)
            return (
                new Alarm(AlarmKind.Shrunk, $"the log has {given.Head.Size} entries, and it had {known.Size}"),
                null
            );
        return await ExtendsAsync(before, known, given, cancel).ConfigureAwait(false);
    }

    private async ValueTask<(Alarm? Alarm, Equivocation? Evidence)> ExtendsAsync(
        MonitorState before,
        TreeHead known,
        VerifiedCheckpoint given,
        CancellationToken cancel
    )
    {
        Digest root;
        Digest[] proof;
        try
        {
            (root, proof) = await PastTwiceAsync(known.Size, given, cancel).ConfigureAwait(false);
        }
        catch (TessraxException e)
        {
            // Whatever the reason: the log has signed a new tree, and what shows that it extends the old one is withheld.
            return (
                new Alarm(
                    AlarmKind.Unproven,
                    $"the server does not show that the log of {given.Head.Size} entries extends that of {known.Size}: {e.Message}"
                ),
                null
            );
        }
        if (root == known.Root)
            return default;
        return (
            new Alarm(
                AlarmKind.Forked,
                $"the log of {given.Head.Size} entries had the root {given.Hasher.Text(root)} at size {known.Size}, where it signed {given.Hasher.Text(known.Root)}"
            ),
            new Equivocation
            {
                First = before.Note.ToString(),
                Second = given.Note.ToString(),
                Hash = given.Hasher,
                Earlier = root,
                Proof = proof,
            }
        );
    }

    private async ValueTask<(Digest Root, Digest[] Proof)> PastTwiceAsync(
        long size,
        VerifiedCheckpoint given,
        CancellationToken cancel
    )
    {
        try
        {
            return await PastAsync(size, given, cancel).ConfigureAwait(false);
        }
        catch (TessraxException e) when (!IsOfLog(e))
        {
            await Task.Delay(SecondTryAfter, options.Clock, cancel).ConfigureAwait(false);
            return await PastAsync(size, given, cancel).ConfigureAwait(false);
        }
    }

    // The root that the log had, authenticated against the one that it has.
    private async ValueTask<(Digest Root, Digest[] Proof)> PastAsync(
        long size,
        VerifiedCheckpoint given,
        CancellationToken cancel
    )
    {
        if (given.Hasher != TreeHasher.Sha256)
            return await FromApiAsync(size, given, cancel).ConfigureAwait(false);
        var tiles = new ClientTiles(transport, cache);
        try
        {
            return await FromTilesAsync(tiles, size, given, cancel).ConfigureAwait(false);
        }
        catch (TessraxException e) when (IsOfLog(e) && tiles.UsedCache)
        {
            tiles.ForgetUsed();
            return await FromTilesAsync(tiles, size, given, cancel).ConfigureAwait(false);
        }
    }

    private static async ValueTask<(Digest Root, Digest[] Proof)> FromTilesAsync(
        ClientTiles tiles,
        long size,
        VerifiedCheckpoint given,
        CancellationToken cancel
    )
    {
        var reader = new TileReader(tiles, given.Head, given.Hasher);
        return (
            await reader.RootAtAsync(size, cancel).ConfigureAwait(false),
            await reader.ProveConsistencyAsync(size, given.Head.Size, cancel).ConfigureAwait(false)
        );
    }

    private async ValueTask<(Digest Root, Digest[] Proof)> FromApiAsync(
        long size,
        VerifiedCheckpoint given,
        CancellationToken cancel
    )
    {
        Answered answer = await transport
            .GetAsync(FormattableString.Invariant($"v1/proofs/consistency?from={size}&to={given.Head.Size}"), cancel)
            .ConfigureAwait(false);
        (string told, Digest[] proof) = new ServerWord(answer.Json()).Read(reader =>
            (
                reader.Object("from").String("root"),
                reader
                    .Array("proof", ConsistencyProof.MaxLength)
                    .Select(item =>
                        item.Value.Kind == JsonKind.String
                        && Digest.TryParseBase64(item.Value.AsString(), out Digest hash)
                            ? hash
                            : throw ErrorCodes.BadValue.Because($"{item.Path} is no hash")
                    )
                    .ToArray()
            )
        );
        return
            given.Hasher.TryParse(told, out Digest root)
            && ConsistencyProof.Verify(proof, new TreeHead(size, root), given.Head, given.Hasher)
            ? (root, proof)
            : throw ErrorCodes.AnswerBroken.Because("the consistency proof does not hold");
    }

    // The server could be asked, and what it gave is not enough.
    private static bool IsOfLog(TessraxException e) =>
        e.Code == ErrorCodes.TileBroken
        || e.Code == ErrorCodes.TileMissing
        || e.Code == ErrorCodes.AnswerBroken
        || e.Code.Class is ErrorClass.NotFound or ErrorClass.Input;

    private static MonitorState Follow(
        MonitorState? before,
        VerifiedCheckpoint given,
        PolicyVerdict verdict,
        UtcTime now
    )
    {
        bool isSame = before is not null && Checkpoint.ParseBody(before.Note.Text).Head == given.Head;
        UtcTime? cosigned = before?.CosignedAt;
        foreach (Witnessed witnessed in verdict.Witnesses)
            cosigned = cosigned is { } known ? UtcTime.Max(known, witnessed.Time) : witnessed.Time;
        return new MonitorState(given.Note, isSame ? before!.GrownAt : now, cosigned);
    }

    // A time of the future is no sign of life.
    private Alarm? Stands(MonitorState state, UtcTime now)
    {
        UtcTime fresh =
            state.CosignedAt is { } cosigned && cosigned <= now ? UtcTime.Max(cosigned, state.GrownAt) : state.GrownAt;
        TimeSpan still = now - fresh;
        return still > frozenAfter
            ? new Alarm(
                AlarmKind.Frozen,
                $"for {Length(still)} the log has neither grown nor been cosigned; it may stand still for {Length(frozenAfter)}"
            )
            : null;
    }

    private static string Length(TimeSpan span) =>
        span < TimeSpan.FromMinutes(2) ? FormattableString.Invariant($"{span.TotalSeconds:0.#} s")
        : span < TimeSpan.FromHours(2) ? FormattableString.Invariant($"{span.TotalMinutes:0.#} min")
        : span < TimeSpan.FromDays(3) ? FormattableString.Invariant($"{span.TotalHours:0.#} h")
        : FormattableString.Invariant($"{span.TotalDays:0.#} days");
}
