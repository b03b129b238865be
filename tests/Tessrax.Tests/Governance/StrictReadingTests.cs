using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Small records are read back as they were written, and refused with a member that nobody knows.</summary>
public sealed class StrictReadingTests
{
    [Fact]
    public void What_a_fleet_recorded_has_no_further_member()
    {
        var recorded = new FleetRecorded(3, HashEngine.Sha256.Hash("root"u8), HashEngine.Sha256.Hash("list"u8));
        Strict(recorded, recorded.ToJson(), value => FleetRecorded.FromJson(value));
    }

    [Fact]
    public void A_retirement_in_the_state_has_no_further_member()
    {
        var retirement = new Retirement(7, "the product was discontinued");
        Strict(retirement, retirement.ToJson(), value => Retirement.Read(new ObjectReader(value)));
    }

    private static void Strict<T>(T record, JsonValue written, Func<JsonValue, T> read)
    {
        Assert.Equal(record, read(written));
        var error = Assert.Throws<TessraxException>(() => read(written.With("more", "x")));
        Assert.Contains("more", error.Message, StringComparison.Ordinal);
    }
}
