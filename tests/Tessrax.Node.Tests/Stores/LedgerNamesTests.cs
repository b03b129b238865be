using Tessrax.Hashing;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

/// <summary>What ledgers are called in a cluster: names that a path and a directory take, each of one ledger.</summary>
public sealed class LedgerNamesTests
{
    [Theory]
    [InlineData("example.com/decisions", "example.com~decisions")]
    [InlineData("example.com", "example.com")]
    [InlineData("a b/ü%2e", "a~b~~~2e")]
    public void A_name_is_the_origin_without_what_a_path_does_not_take(string origin, string name)
    {
        var names = new LedgerNames([Stored(1, origin)]);
        Assert.Equal([name], names.All.Select(one => one.Name));
        Assert.Equal(origin, names.Find(name)!.Origin);
        Assert.Equal(name, names.Find(IdOf(1))!.Value.Name);
    }

    [Theory]
    [InlineData("../x")]
    [InlineData(".state")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000002")]
    public void What_would_lead_elsewhere_goes_by_its_id(string origin)
    {
        var names = new LedgerNames([Stored(1, origin), Stored(2, "b")]);
        Assert.Equal(origin, names.Find(IdOf(1).ToHex())!.Origin);
        Assert.Null(names.Find(origin));
    }

    [Fact]
    public void Two_that_would_have_one_name_go_by_their_ids()
    {
        var names = new LedgerNames([Stored(1, "a/b"), Stored(2, "A~b"), Stored(3, "c")]);
        Assert.Equal(
            ["a/b", "A~b", "c"],
            new[] { IdOf(1).ToHex(), IdOf(2).ToHex(), "c" }.Select(name => names.Find(name)!.Origin)
        );
        Assert.Null(names.Find("a~b"));
    }

    [Fact]
    public void What_the_database_does_not_decide_on_has_none()
    {
        var names = new LedgerNames([
            Stored(1, "a") with
            {
                State = StoreState.Filling,
            },
            Stored(2, "b") with
            {
                State = StoreState.Left,
            },
        ]);
        Assert.Empty(names.All);
        Assert.Null(names.Find(IdOf(1)));
    }

    private static Digest IdOf(byte number)
    {
        byte[] bytes = new byte[Digest.Size];
        bytes[^1] = number;
        return new Digest(bytes);
    }

    private static StoredLedger Stored(byte number, string origin) =>
        new(IdOf(number), origin, "sha256", StoreState.Open, 1, 1);
}
