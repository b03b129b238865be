using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Members that refuse null go on refusing it.</summary>
public sealed class NullArgumentTests
{
    // How many arguments are refused. More may come; where one is lost, the message has it among those that are not looked at.
    [Theory]
    [InlineData("Tessrax.Governance", 88)]
    public void Null_is_refused_by_the_name_of_the_argument(string space, int refused)
    {
        (int count, IReadOnlyList<string> taken) = NullArguments.Try(space);
        Assert.True(count >= refused, $"{count} of {refused} are refused; not refused are: {string.Join(", ", taken)}");
    }
}
