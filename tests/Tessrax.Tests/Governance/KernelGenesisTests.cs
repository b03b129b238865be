using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>What a ledger may start from, and that it starts once.</summary>
public sealed class KernelGenesisTests
{
    private static readonly Digest Other = HashEngine.Sha256.Hash("another"u8);
    private readonly Genesis good = FoldLedger.MakeGenesis(Windows.Default);

    [Fact]
    public void Accepts_the_genesis_that_all_others_here_are_bent_from() => Assert.Null(Judge(good.ToControl()));

    [Fact]
    public void Refuses_two_log_keys_none_and_one_of_another_name()
    {
        LedgerKey log = good.Keys[0];
        LedgerKey second = log with
        {
            Verifier = VerifierKey.Create(FoldLedger.Origin, FoldLedger.Seeded(77).PublicKey),
        };
        Refused(ErrorCodes.BadValue, Keys([.. good.Keys, second]));
        Refused(ErrorCodes.BadValue, Keys(good.Keys.Skip(1)));
        LedgerKey renamed = log with { Verifier = VerifierKey.Create("example.com/other", FoldLedger.Log.PublicKey) };
        Refused(ErrorCodes.BadValue, Keys([renamed, .. good.Keys.Skip(1)]));
    }

    [Fact]
    public void Refuses_a_key_twice_even_for_two_purposes()
    {
        PublicKey author = FoldLedger.Author.PublicKey;
        LedgerKey again = new("again", KeyPurpose.Author, VerifierKey.Create("again", author), [], 0);
        LedgerKey approving = new("again", KeyPurpose.Approver, VerifierKey.Create("again", author), ["approver"], 0);
        Refused(ErrorCodes.BadValue, Keys([.. good.Keys, again]));
        Refused(ErrorCodes.BadValue, Keys([.. good.Keys, approving]));
    }

    [Fact]
    public void Refuses_a_ledger_without_author_and_keys_that_do_not_belong_in_genesis()
    {
        Refused(ErrorCodes.BadValue, Keys(good.Keys.Where(k => k.Purpose != KeyPurpose.Author)));
        PublicKey key = FoldLedger.Seeded(77).PublicKey;
        foreach (KeyPurpose purpose in (KeyPurpose[])[KeyPurpose.Recovery, KeyPurpose.Witness, KeyPurpose.Access])
            Refused(ErrorCodes.BadValue, Keys([.. good.Keys, new("w", purpose, VerifierKey.Create("w", key), [], 0)]));
        Refused(
            ErrorCodes.BadValue,
            Keys([.. good.Keys, new("w", KeyPurpose.Author, VerifierKey.Create("w", key), [], 1)])
        );
    }

    [Fact]
    public void Refuses_one_person_under_two_approver_keys()
    {
        PublicKey key = FoldLedger.Seeded(77).PublicKey;
        LedgerKey twin = new("approver-1", KeyPurpose.Approver, VerifierKey.Create("twin", key), ["approver"], 0);
        Refused(ErrorCodes.BadValue, Keys([.. good.Keys, twin]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Approver")]
    [InlineData("1st")]
    [InlineData("b,a")]
    [InlineData("a,a")]
    [InlineData("a b")]
    public void Refuses_roles_that_are_not_sorted_plain_and_distinct(string roles)
    {
        LedgerKey key = new(
            "w",
            KeyPurpose.Approver,
            VerifierKey.Create("w", FoldLedger.Seeded(77).PublicKey),
            roles.Split(',', StringSplitOptions.RemoveEmptyEntries),
            0
        );
        Refused(ErrorCodes.BadValue, Keys([.. good.Keys, key]));
    }

    [Fact]
    public void Refuses_roles_of_those_who_do_not_approve()
    {
        LedgerKey author = good.Keys[1] with { Roles = ["approver"] };
        Refused(ErrorCodes.BadValue, Keys([good.Keys[0], author, .. good.Keys.Skip(2)]));
    }

    [Fact]
    public void Refuses_another_policy_than_its_pin_names()
    {
        JsonValue control = good.ToControl();
        JsonValue pin = control["policy"]!;
        Refused(ErrorCodes.PolicyDiffers, control.With("policy", pin.With("digest", Other.ToString())));
        Refused(ErrorCodes.PolicyDiffers, control.With("policy", pin.With("version", "9.0.0")));
        Refused(ErrorCodes.PolicyDiffers, control.With("document", Policy.Default.Document));
    }

    [Fact]
    public void Refuses_a_deadline_beyond_the_window_of_bodies()
    {
        JsonValue control = good.ToControl();
        JsonValue Window(long seconds) => new Windows(seconds, 300).ToJson();
        Refused(ErrorCodes.BadValue, control.With("windows", Window(7 * 24 * 3600 - 1)));
        Assert.Null(Judge(control.With("windows", Window(7 * 24 * 3600))));
    }

    [Theory]
    [InlineData("tessrax/ledger")]
    [InlineData("cosignature/v1")]
    [InlineData("with space")]
    [InlineData("a+b")]
    public void Refuses_reserved_origins_and_those_that_no_key_may_have(string origin)
    {
        JsonValue control = good.ToControl().With("origin", origin);
        Assert.NotNull(Judge(control, origin));
    }

    [Fact]
    public void Refuses_a_body_that_names_another_origin_and_members_from_the_future()
    {
        JsonValue control = good.ToControl();
        Assert.NotNull(Judge(control, "example.com/other"));
        Refused(ErrorCodes.UnknownMember, control.With("extra", true));
        Refused(ErrorCodes.BadValue, control.With("format", 2));
        Refused(ErrorCodes.BadValue, control.With("hash", "sha512"));
        Refused(ErrorCodes.BadValue, control.With("predecessor", Other.ToString()));
        Refused(ErrorCodes.BadValue, control.With("recovery", Other.ToString()));
    }

    [Fact]
    public void Refuses_genesis_signed_by_nobody_that_it_names()
    {
        EntryBody body = Body(good.ToControl());
        Assert.Equal(ErrorCodes.SignatureBroken, Judge(body, FoldLedger.SecondAuthor)?.Code);
        body = body with { By = body.By with { Key = FoldLedger.Seeded(77).PublicKey.Id } };
        Assert.Equal(ErrorCodes.NotByThatKey, Judge(body, FoldLedger.Seeded(77))?.Code);
        body = body with { By = new Voucher(VoucherKind.Log, FoldLedger.Log.PublicKey.Id) };
        Assert.Equal(ErrorCodes.NotByThatKey, Judge(body, null)?.Code);
    }

    [Fact]
    public void Refuses_genesis_for_a_ledger_of_another_id()
    {
        EntryBody body = Body(good.ToControl());
        var fold = new LedgerFold(Other);
        Assert.Equal(ErrorCodes.WrongLedger, fold.Judge(Place(body, FoldLedger.Author, Other), out _)?.Code);
    }

    [Fact]
    public void Refuses_a_second_genesis()
    {
        var ledger = new FoldLedger();
        Receipt first = ledger.Receipts[0];
        Receipt again = ledger.Place(first.Entry.Body, FoldLedger.Author, null, []);
        Assert.Equal(ErrorCodes.NonceReused, ledger.Judge(again)?.Code);
        Assert.Equal(
            ErrorCodes.UnknownEvent,
            Assert.Throws<TessraxException>(() => ledger.Fold.State.After(again)).Code
        );
    }

    [Fact]
    public void Refuses_to_begin_with_anything_else()
    {
        var ledger = new FoldLedger();
        var empty = new LedgerFold(ledger.Id);
        Receipt own = ledger.Make(
            "x-own",
            FoldLedger.Own("hello"),
            entry: e => e with { Index = 0, Gov = empty.State.Reference }
        );
        Assert.Equal(ErrorCodes.NotByThatKey, empty.Judge(own, out _)?.Code);
    }

    [Fact]
    public void Binds_the_state_to_every_part_of_genesis()
    {
        GovernanceState state = new FoldLedger().Fold.State;
        Assert.Equal(1, state.Count);
        GovernanceState other = new FoldLedger(new Windows(700_000, 300)).Fold.State;
        Assert.NotEqual(state.Digest, other.Digest);
        Assert.NotEqual(state.Chain, other.Chain);
        Assert.NotEqual(state.Digest, GovernanceState.Before(state.Ledger).Digest);
        Assert.Equal([.. state.Keys.Select(k => k.Id).Order()], state.Keys.Select(k => k.Id));
    }

    private static EntryBody Body(JsonValue control, string origin = FoldLedger.Origin)
    {
        UtcTime now = FoldLedger.Time("2026-03-01T00:00:00.000000Z");
        return new EntryBody
        {
            Ledger = origin,
            Event = Events.LedgerCreated,
            By = new Voucher(VoucherKind.Author, FoldLedger.Author.PublicKey.Id),
            IssuedAt = now,
            ExpiresAt = now + FoldLedger.Validity,
            Nonce = Convert.ToBase64String(new byte[EntryBody.NonceBytes]),
            Control = control,
        };
    }

    private static Receipt Place(EntryBody body, PrivateKey? signer, Digest ledger)
    {
        var entry = new Entry
        {
            Body = body,
            Signature = signer is null ? null : Convert.ToBase64String(signer.Sign(body.SignedBytes(ledger))),
            Index = 0,
            Epoch = 0,
            RecordedAt = body.IssuedAt,
            Gov = GovernanceState.Before(ledger).Reference,
        };
        return Receipt.Create(entry, null, []);
    }

    private static Refusal? Judge(EntryBody body, PrivateKey? signer)
    {
        Digest id = SignedBytes.LedgerIdOf(body.ToJson());
        return new LedgerFold(id).Judge(Place(body, signer, id), out _);
    }

    private static Refusal? Judge(JsonValue control, string origin = FoldLedger.Origin) =>
        Judge(Body(control, origin), FoldLedger.Author);

    private static void Refused(ErrorCode code, JsonValue control) => Assert.Equal(code, Judge(control)?.Code);

    // As an attacker would write it, without our own checks on the way out.
    private JsonValue Keys(IEnumerable<LedgerKey> keys) =>
        good.ToControl().With("keys", JsonValue.Of(keys.Select(k => k.ToJson())));
}
