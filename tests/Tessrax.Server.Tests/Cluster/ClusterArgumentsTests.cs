using System.CommandLine;
using Tessrax.Node.Postgres;
using Tessrax.Server.Cluster;
using Tessrax.Server.Host;

namespace Tessrax.Server.Tests.Cluster;

/// <summary>What the command line of a node may say.</summary>
public sealed class ClusterArgumentsTests
{
    [Theory]
    [InlineData("postgres://tessrax:secret@db.example.com/ledgers")]
    [InlineData("postgres://tessrax@db.example.com/ledgers?password=secret")]
    public void A_password_in_the_address_is_refused_and_not_repeated(string address)
    {
        TessraxException refused = Assert.Throws<TessraxException>(() =>
        {
            Read(address);
        });
        Assert.Equal(ErrorCodes.BadUsage, refused.Code);
        Assert.Contains("PGPASSWORD", refused.Hint, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message + refused.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void One_without_is_taken() =>
        Assert.Equal(
            "postgres://tessrax@db.example.com/ledgers",
            Read("postgres://tessrax@db.example.com/ledgers").Database
        );

    private static NodeOptions Read(string address)
    {
        PostgresStores.Register();
        var arguments = new ServerArguments();
        var root = new RootCommand();
        arguments.AddTo(root);
        ParseResult parsed = root.Parse(["data", "--cluster", address]);
        return arguments.ReadCluster(parsed, arguments.Read(parsed))!;
    }
}
