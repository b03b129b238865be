using Npgsql;
using Tessrax.Node.Postgres;
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
        var read = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal(
            ("al@ice", "p:ss", "db.example.com", 6000, "ledgers", SslMode.VerifyFull, 7),
            (read.Username, read.Password, read.Host, read.Port, read.Database, read.SslMode, read.Timeout)
        );
        Assert.Equal("postgres://al%40ice@db.example.com:6000/ledgers", address.Shown);
        Assert.Equal(
            5432,
            new NpgsqlConnectionStringBuilder(PostgresAddress.Parse("postgresql://h/d").ConnectionString).Port
        );
        Assert.Equal(
            "/run/postgresql",
            new NpgsqlConnectionStringBuilder(
                PostgresAddress.Parse("postgres://me@localhost/d?host=%2Frun%2Fpostgresql").ConnectionString
            ).Host
        );
    }

    [Theory]
    [InlineData("decisions")]
    [InlineData("postgres:")]
    [InlineData("postgres://")]
    [InlineData("mysql://host/db")]
    [InlineData("postgres://h/d?sslmode=perhaps")]
    [InlineData("postgres://h/d?no_such_option=1")]
    [InlineData("postgres://h/d?connect_timeout=soon")]
    public void What_is_no_address_is_refused(string text) =>
        Assert.Equal(ErrorCodes.BadValue, Assert.Throws<TessraxException>(() => PostgresAddress.Parse(text)).Code);
}
