using Tessrax.Keys;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Keys;

/// <summary>The keys of a log, one after another: which of them must sign a tree, and what lines of others are worth.</summary>
public sealed class LogKeyChainTests
{
    private const string Origin = "example.com/ledger";
    private static readonly PrivateKey First = Seeded(1);
    private static readonly PrivateKey Second = Seeded(2);
    private static readonly PrivateKey Third = Seeded(3);

    private static readonly LogKeyChain Chain = new([
        new LogKeySpan(Vkey(First), 0),
        new LogKeySpan(Vkey(Second), 5),
        new LogKeySpan(Vkey(Third), 9, IsConsented: false),
    ]);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(8, 2)]
    [InlineData(9, 3)]
    [InlineData(long.MaxValue, 3)]
    public void The_key_for_a_size_is_the_last_that_had_begun(long size, byte seed) =>
        Assert.Equal(Vkey(Seeded(seed)), Chain.KeyFor(size));

    [Fact]
    public void A_checkpoint_counts_by_the_key_whose_turn_it_was_and_others_must_hold()
    {
        Opens(true, Note(4, First));
        Opens(true, Note(5, Second));
        Opens(true, Note(5, Second, First));
        Opens(true, Note(5, First, Second));
        Opens(true, Note(5, Second, Third));
        // A stranger's line is nobody's.
        Opens(true, Note(5, Second).With(new NoteSignature(Origin, 7, new byte[64])));
        Opens(false, Note(5, First));
        Opens(false, Note(4, Second));
        Opens(false, Note(9, First, Second));
        Opens(false, Note(5, Seeded(9)));
        Opens(false, Note(5, Second).With(new NoteSignature(Origin, Vkey(First).NoteId, new byte[64])));
        Opens(false, new Checkpoint("example.com/other", Head(5)).Sign(Second));
        Assert.False(Chain.TryOpen("noise"u8, out _, out string reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void What_any_of_the_keys_signed_was_said_whosever_turn_it_was()
    {
        Assert.True(Chain.TryOpenAny(Note(5, First).ToBytes(), out Checkpoint? said, out _));
        Assert.Equal(5, said.Head.Size);
        Assert.False(Chain.TryOpenAny(Note(5, Seeded(9)).ToBytes(), out _, out _));
    }

    [Fact]
    public void Extension_lines_are_read_where_any_log_is_and_refused_where_ours_is()
    {
        byte[] extended = SignedNote.Sign(new Checkpoint(Origin, Head(4)).Body + "opaque\n", Origin, First).ToBytes();
        Assert.False(Chain.TryOpen(extended, out _, out _));
        Assert.False(Chain.TryOpenAny(extended, out _, out _));
        Assert.True(Chain.TryOpenHead(extended, out Checkpoint? checkpoint, out _));
        Assert.Equal(Head(4), checkpoint.Head);
        byte[] outOfTurn = SignedNote.Sign(new Checkpoint(Origin, Head(5)).Body + "opaque\n", Origin, First).ToBytes();
        Assert.False(Chain.TryOpenHead(outOfTurn, out _, out string reason));
        Assert.Contains("the key of a tree of 5 entries", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_of_the_name_by_none_of_the_keys_is_by_one_that_is_not_known()
    {
        Assert.True(Chain.IsByUnknown(Note(50, Seeded(9)).ToBytes()));
        Assert.False(Chain.IsByUnknown(Note(50, Seeded(9), First).ToBytes()));
        Assert.False(Chain.IsByUnknown(new Checkpoint("example.com/other", Head(5)).Sign(Seeded(9)).ToBytes()));
        byte[] damaged = Note(50, First).ToBytes();
        damaged[20] ^= 1;
        Assert.False(Chain.IsByUnknown(damaged));
        Assert.False(Chain.IsByUnknown([]));
        Assert.False(Chain.IsByUnknown("noise\n\n— a b\n"u8));
    }

    [Fact]
    public void Keys_that_are_not_one_logs_are_refused()
    {
        LogKeySpan first = Chain.Spans[0];
        LogKeySpan second = Chain.Spans[1];
        Assert.False(LogKeyChain.IsOne([]));
        Assert.False(LogKeyChain.IsOne([first, second with { From = 0 }]));
        Assert.False(LogKeyChain.IsOne([second, first]));
        Assert.False(LogKeyChain.IsOne([first, first with { From = 5 }]));
        Assert.False(
            LogKeyChain.IsOne([first, new LogKeySpan(VerifierKey.Create("example.com/other", Second.PublicKey), 5)])
        );
        Assert.True(LogKeyChain.IsOne([first, second]));
        Assert.Throws<ArgumentException>(() => new LogKeyChain([first, first]));
    }

    [Fact]
    public void Trust_in_one_key_reaches_those_that_it_gave_its_place_to_and_those_that_gave_it_theirs()
    {
        Trusts(true, First, Note(5, Second), needsConsent: true);
        Trusts(true, Second, Note(4, First), needsConsent: true);
        Trusts(true, First, Note(9, Third), needsConsent: false);
        // Nobody asked the keys before.
        Trusts(false, First, Note(9, Third), needsConsent: true);
        Trusts(false, Third, Note(5, Second), needsConsent: true);
        Trusts(true, Third, Note(9, Third), needsConsent: true);
        // Signed, but out of turn.
        Trusts(false, First, Note(5, First), needsConsent: false);
        Trusts(false, Seeded(9), Note(5, Second), needsConsent: false);
        // The log's keys are not known.
        Assert.True(TlogPolicy.LogAlone(Vkey(First)).Evaluate(Note(5, First).ToBytes(), null, false).Holds);
    }

    [Fact]
    public void A_quorum_of_witnesses_is_asked_for_whichever_key_signs()
    {
        PrivateKey witness = Seeded(7);
        VerifierKey key = VerifierKey.Create("w.example", witness.PublicKey, VerifierKey.Ed25519Cosignature);
        TlogPolicy policy = TlogPolicy.Parse($"log {Vkey(First)}\nwitness W {key}\nquorum W\n");
        SignedNote note = Note(5, Second);
        Assert.False(policy.Evaluate(note.ToBytes(), Chain, true).Holds);
        SignedNote cosigned = note.With(
            Cosignature.Sign(
                Checkpoint.ParseBody(note.Text),
                "w.example",
                witness,
                Governance.FoldLedger.Time("2026-03-01T00:00:00.000000Z")
            )
        );
        Assert.True(policy.Evaluate(cosigned.ToBytes(), Chain, true).Holds);
        Assert.Equal(
            $"# before: {Vkey(First)}\nlog {Vkey(Second)}\nwitness W {key}\nquorum W\n",
            policy.WithLog(Vkey(First), Vkey(Second)).Text
        );
    }

    [Fact]
    public void Policies_say_the_same_whatever_their_comments_say()
    {
        TlogPolicy plain = TlogPolicy.LogAlone(Vkey(Second));
        Assert.True(TlogPolicy.LogAlone(Vkey(First)).WithLog(Vkey(First), Vkey(Second)).SaysSameAs(plain));
        Assert.False(TlogPolicy.LogAlone(Vkey(First)).SaysSameAs(plain));
        Assert.False(plain.SaysSameAs(TlogPolicy.Parse($"log {Vkey(Second)}\nlog {Vkey(First)}\nquorum none\n")));
    }

    private static void Trusts(bool expected, PrivateKey named, SignedNote note, bool needsConsent) =>
        Assert.Equal(expected, TlogPolicy.LogAlone(Vkey(named)).Evaluate(note.ToBytes(), Chain, needsConsent).Holds);

    private static void Opens(bool expected, SignedNote note)
    {
        Assert.Equal(expected, Chain.TryOpen(note.ToBytes(), out Checkpoint? checkpoint, out string reason));
        Assert.Equal(expected, checkpoint is not null);
        Assert.Equal(expected, reason.Length == 0);
    }

    private static TreeHead Head(long size) => new(size, Tessrax.Hashing.HashEngine.Sha256.Hash([(byte)size]));

    private static SignedNote Note(long size, params PrivateKey[] keys)
    {
        var checkpoint = new Checkpoint(Origin, Head(size));
        SignedNote note = checkpoint.Sign(keys[0]);
        foreach (PrivateKey key in keys[1..])
            note = note.With(checkpoint.Sign(key).Signatures[0]);
        return note;
    }

    private static VerifierKey Vkey(PrivateKey key) => VerifierKey.Create(Origin, key.PublicKey);

    private static PrivateKey Seeded(byte seed) => PrivateKey.FromSeed([.. Enumerable.Repeat(seed, 32)]);
}
