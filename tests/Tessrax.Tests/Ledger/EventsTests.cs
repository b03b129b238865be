using System.Reflection;
using Tessrax.Ledger;
using Xunit;

namespace Tessrax.Tests.Ledger;

/// <summary>The list of events names every one.</summary>
public sealed class EventsTests
{
    [Fact]
    public void Every_event_is_named_and_known()
    {
        IEnumerable<string> constants = typeof(Events)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral && field.Name != nameof(Events.OwnPrefix))
            .Select(field => (string)field.GetRawConstantValue()!);
        Assert.Equal(constants.Order(StringComparer.Ordinal), Events.Names.Order(StringComparer.Ordinal));
        Assert.All(Events.Names, name => Assert.True(Events.IsKnown(name), name));
    }
}
