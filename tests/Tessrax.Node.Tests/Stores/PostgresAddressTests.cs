using Npgsql;
using Tessrax.Node.Postgres;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

public sealed class PostgresAddressTests
{
    [Fact]
    public void An_address_is_read_as_others_read_it_and_shown_without_its_password()
    {
        PostgresAddress address = PostgresAddress.Parse(
            "postgres://al%40ice:p%3Ass@db.example.com:6000/ledgers?sslmode=verify-full&connect_timeout=7"
        );
        var read = new NpgsqlConnectionStringBuilder(address.ToConnectionString(5));
        Assert.Equal(
            ("al@ice", "p:ss", "db.example.com", 6000, "ledgers", SslMode.VerifyFull, 7),
            (read.Username, read.Password, read.Host, read.Port, read.Database, read.SslMode, read.Timeout)
        );
        Assert.Equal(
            "postgres://al%40ice@db.example.com:6000/ledgers?connect_timeout=7&sslmode=verify-full",
            address.Shown
        );
        Assert.Equal(
            5432,
            new NpgsqlConnectionStringBuilder(PostgresAddress.Parse("postgresql://h/d").ToConnectionString(5)).Port
        );
        Assert.Equal(
            "/run/postgresql",
            new NpgsqlConnectionStringBuilder(
                PostgresAddress.Parse("postgres://me@localhost/d?host=%2Frun%2Fpostgresql").ToConnectionString(5)
            ).Host
        );
    }

    [Theory]
    [InlineData("postgres://u@h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem")]
    [InlineData("postgres://u@h/d?SSL%20Mode=VerifyFull&Root%20Certificate=/etc/ca.pem")]
    [InlineData("postgresql://u@H:5432/d/?sslrootcert=/etc/ca.pem&sslmode=require&sslmode=verify-full")]
    [InlineData("postgres://u:secret@h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem&SSL%20Password=secret")]
    [InlineData("postgres://u@h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem&pwd=secret")]
    public void What_is_written_down_connects_as_the_address_did_and_has_one_spelling_and_no_password(string text)
    {
        string shown = PostgresAddress.Parse(text).Shown;
        Assert.Equal("postgres://u@h/d?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem", shown);
        var read = new NpgsqlConnectionStringBuilder(PostgresAddress.Parse(shown).ToConnectionString(5));
        Assert.Equal((SslMode.VerifyFull, "/etc/ca.pem"), (read.SslMode, read.RootCertificate));
        Assert.Equal(shown, PostgresAddress.Parse(shown).Shown);
    }

    [Fact]
    public void Another_schema_or_socket_is_another_place()
    {
        Assert.Equal(
            "postgres://u@h/d?Search%20Path=a",
            PostgresAddress.Parse("postgres://u@h/d?Search%20Path=a").Shown
        );
        Assert.Equal(
            "postgres://u@localhost/d?host=%2Frun%2Fpostgresql",
            PostgresAddress.Parse("postgres://u@localhost/d?host=/run/postgresql").Shown
        );
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused() =>
        Assert.Equal(
            ErrorCodes.BadValue,
            Assert
                .Throws<TessraxException>(() =>
                    new PostgresDatabase(
                        PostgresAddress.Parse("postgres://h/d?Minimum%20Pool%20Size=50&Maximum%20Pool%20Size=10"),
                        new PostgresOptions { Clock = TimeProvider.System, Random = SystemRandom.Fill }
                    )
                )
                .Code
        );

    [Theory]
    [InlineData("postgress://u:secret@h/d")]
    [InlineData("postgress://h/d?password=secret")]
    [InlineData("u:secret@h/d")]
    public void What_is_no_address_is_not_repeated_with_its_password(string text)
    {
        using var ledger = new TestLedger();
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            LedgerStores.Connect(text, ledger.Environment)
        );
        Assert.Equal(ErrorCodes.BadValue, refused.Code);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decisions")]
    [InlineData("postgres:")]
    [InlineData("postgres://")]
    [InlineData("mysql://host/db")]
    [InlineData("postgres://h/d?sslmode=perhaps")]
    [InlineData("postgres://h/d?no_such_option=1")]
    [InlineData("postgres://h/d?connect_timeout=soon")]
    [InlineData("postgres://h/d?Port=6000")]
    [InlineData("postgres://h/d?db=other")]
    [InlineData("postgres://h/d?user=other")]
    [InlineData("postgres://h/d?Multiplexing=true")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => PostgresAddress.Parse(text)).Code);
}
