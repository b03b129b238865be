using System.Xml.Linq;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests.Release;

/// <summary>What goes into each package beside its library. <c>eng/install-tests.sh</c> installs and uses them.</summary>
public sealed class PackageTests
{
    public static TheoryData<string> Packages =>
        [
            "Tessrax",
            "Tessrax.Node",
            "Tessrax.Node.RocksDb",
            "Tessrax.Node.Postgres",
            "Tessrax.Client",
            "Tessrax.Interactive",
            "Tessrax.Cli",
        ];

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_has_a_page_a_description_and_its_public_api_on_file(string project)
    {
        string folder = Path.Combine(Spec.Root, "src", project);
        Assert.StartsWith("# ", File.ReadAllText(Path.Combine(folder, "README.md")), StringComparison.Ordinal);
        var file = XDocument.Load(Path.Combine(folder, $"{project}.csproj"));
        Assert.Single(file.Descendants("Description"));
        Assert.DoesNotContain(file.Descendants("IsPackable"), packable => packable.Value == "false");
        // A program has no API.
        if (project != "Tessrax.Cli")
            Assert.Contains(
                file.Descendants("AdditionalFiles"),
                f => f.Attribute("Include")!.Value == "PublicAPI.Shipped.txt"
            );
    }

    // Links that lead into the repository lead nowhere from a package's page.
    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_s_page_has_no_link_into_the_repository(string project) =>
        Assert.DoesNotMatch(
            @"\]\((?!https://)",
            File.ReadAllText(Path.Combine(Spec.Root, "src", project, "README.md"))
        );
}
