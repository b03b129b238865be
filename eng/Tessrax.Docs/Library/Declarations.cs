using System.Reflection;

namespace Tessrax.Docs.Library;

/// <summary>Types and members as they are written in C#.</summary>
internal static class Declarations
{
    private static readonly NullabilityInfoContext Nulls = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(bool)] = "bool",
        [typeof(byte)] = "byte",
        [typeof(char)] = "char",
        [typeof(decimal)] = "decimal",
        [typeof(double)] = "double",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(object)] = "object",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(float)] = "float",
        [typeof(string)] = "string",
        [typeof(uint)] = "uint",
        [typeof(ulong)] = "ulong",
        [typeof(ushort)] = "ushort",
    };

    /// <summary>A type's name with its parameters, within its namespace: <c>Outer.Inner&lt;T&gt;</c>.</summary>
    public static string NameOf(Type type)
    {
        string name = type.Name.Split('`')[0];
        if (type.IsGenericType)
            name += $"<{string.Join(", ", type.GetGenericArguments().Select(each => each.Name))}>";
        return type.DeclaringType is { } outer ? $"{NameOf(outer)}.{name}" : name;
    }

    /// <summary>What kind of type it is.</summary>
    public static string KindOf(Type type) =>
        type.IsEnum ? "enum"
        : type.IsInterface ? "interface"
        : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
        : type.IsValueType ? (IsRecord(type) ? "record struct" : "struct")
        : IsRecord(type) ? "record"
        : "class";

    /// <summary>The line that declares a type.</summary>
    public static string Of(Type type)
    {
        string kind = KindOf(type);
        if (kind == "delegate")
        {
            MethodInfo invoke = type.GetMethod("Invoke")!;
            return $"public delegate {NameOf(invoke.ReturnType, null)} {NameOf(type)}({Parameters(invoke.GetParameters())})";
        }
        string how =
            type.IsAbstract && type.IsSealed ? "static "
            : type.IsAbstract && !type.IsInterface ? "abstract "
            : type.IsSealed && !type.IsValueType ? "sealed "
            : type.IsValueType && !type.IsEnum && IsReadOnly(type) ? "readonly "
            : "";
        string[] bases =
        [
            .. type.BaseType is { } above
            && above != typeof(object)
            && above != typeof(ValueType)
            && above != typeof(Enum)
                ? [NameOf(above, null)]
                : Array.Empty<string>(),
            .. Own(type).Select(each => NameOf(each, null)),
        ];
        return $"public {how}{kind} {NameOf(type)}{(bases.Length > 0 ? " : " + string.Join(", ", bases) : "")}";
    }

    /// <summary>The line that declares a member.</summary>
    public static string Of(MemberInfo member) =>
        member switch
        {
            FieldInfo { DeclaringType.IsEnum: true } value =>
                $"{value.Name} = {Convert.ToInt64(value.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}",
            FieldInfo field =>
                $"public {(field.IsLiteral ? "const " : field.IsStatic ? "static readonly " : "")}{NameOf(field.FieldType, Nulls.Create(field))} {field.Name}"
                    + (field.IsLiteral ? $" = {Value(field.GetRawConstantValue())}" : ""),
            EventInfo happening => $"public event {NameOf(happening.EventHandlerType!, null)} {happening.Name}",
            PropertyInfo property => OfProperty(property),
            ConstructorInfo constructor =>
                $"public {constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor.GetParameters())})",
            MethodInfo method => OfMethod(method),
            _ => throw new NotSupportedException(member.ToString()),
        };

    /// <summary>What a member is called in a list: a name, with the types of its parameters.</summary>
    public static string Short(MemberInfo member) =>
        member switch
        {
            ConstructorInfo constructor =>
                $"{constructor.DeclaringType!.Name.Split('`')[0]}({Types(constructor.GetParameters())})",
            MethodInfo method => $"{Operator(method)}{Generic(method)}({Types(method.GetParameters())})",
            PropertyInfo property when property.GetIndexParameters().Length > 0 =>
                $"this[{Types(property.GetIndexParameters())}]",
            _ => member.Name,
        };

    private static string OfProperty(PropertyInfo property)
    {
        MethodInfo any = (property.GetMethod ?? property.SetMethod)!;
        string name = property.GetIndexParameters() is { Length: > 0 } keys
            ? $"this[{Parameters(keys)}]"
            : property.Name;
        string set =
            property.SetMethod is not { IsPublic: true } setter ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Any(each => each.Name == "IsExternalInit") ? " init;"
            : " set;";
        string how = How(any);
        string required = property.CustomAttributes.Any(each => each.AttributeType.Name == "RequiredMemberAttribute")
            ? "required "
            : "";
        return $"{how}{required}{NameOf(property.PropertyType, Nulls.Create(property))} {name} {{{(property.GetMethod is { IsPublic: true } ? " get;" : "")}{set} }}";
    }

    private static string OfMethod(MethodInfo method)
    {
        string result = NameOf(method.ReturnType, Nulls.Create(method.ReturnParameter));
        string name = method.Name switch
        {
            "op_Implicit" => $"implicit operator {result}",
            "op_Explicit" => $"explicit operator {result}",
            _ => $"{result} {Operator(method)}{Generic(method)}",
        };
        bool extends = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute), false);
        return $"{How(method)}{name}({(extends ? "this " : "")}{Parameters(method.GetParameters())})";
    }

    private static string How(MethodInfo method) =>
        (method.IsPublic ? "public " : "protected ")
        + (
            method.IsStatic ? "static "
            : method.DeclaringType!.IsInterface ? ""
            : method.IsAbstract ? "abstract "
            : method.GetBaseDefinition() != method ? "override "
            : method.IsVirtual && !method.IsFinal ? "virtual "
            : ""
        );

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(each => each.Name))}>" : "";

    private static string Operator(MethodInfo method) =>
        method.Name switch
        {
            "op_Equality" => "operator ==",
            "op_Inequality" => "operator !=",
            "op_LessThan" => "operator <",
            "op_GreaterThan" => "operator >",
            "op_LessThanOrEqual" => "operator <=",
            "op_GreaterThanOrEqual" => "operator >=",
            "op_Addition" => "operator +",
            "op_Subtraction" => "operator -",
            "op_Implicit" => "implicit operator",
            "op_Explicit" => "explicit operator",
            string name => name,
        };

    private static string Types(ParameterInfo[] parameters) =>
        string.Join(", ", parameters.Select(each => NameOf(each.ParameterType, null).Split(' ')[^1]));

    private static string Parameters(ParameterInfo[] parameters) =>
        string.Join(
            ", ",
            parameters.Select(each =>
                (
                    each.IsDefined(typeof(ParamArrayAttribute), false)
                    || each.CustomAttributes.Any(mark => mark.AttributeType.Name == "ParamCollectionAttribute")
                        ? "params "
                        : ""
                )
                + (each.IsOut ? "out " : "")
                + $"{NameOf(each.ParameterType, Nulls.Create(each))} {each.Name}"
                + (each.HasDefaultValue ? $" = {Value(each)}" : "")
            )
        );

    private static string Value(ParameterInfo parameter) =>
        parameter.DefaultValue switch
        {
            null
                when parameter.ParameterType.IsValueType
                    && Nullable.GetUnderlyingType(parameter.ParameterType) is null => "default",
            { } number when parameter.ParameterType.IsEnum =>
                $"{parameter.ParameterType.Name}.{Enum.GetName(parameter.ParameterType, number) ?? number}",
            var other => Value(other),
        };

    private static string Value(object? constant) =>
        constant switch
        {
            null => "null",
            bool flag => flag ? "true" : "false",
            string text => $"\"{text}\"",
            _ => Convert.ToString(constant, System.Globalization.CultureInfo.InvariantCulture)!,
        };

    // With "?" where null is a value, as far as the compiler noted it.
    private static string NameOf(Type type, NullabilityInfo? nulls)
    {
        if (type.IsByRef)
            return "ref " + NameOf(type.GetElementType()!, null);
        if (Nullable.GetUnderlyingType(type) is { } value)
            return NameOf(value, null) + "?";
        string mark = !type.IsValueType && nulls?.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray)
            return NameOf(type.GetElementType()!, nulls?.ElementType) + "[]" + mark;
        if (Keywords.TryGetValue(type, out string? keyword))
            return keyword + mark;
        if (type.IsGenericParameter)
            return type.Name + mark;
        string name = type.Name.Split('`')[0];
        if (type.DeclaringType is { } outer)
            name = $"{outer.Name.Split('`')[0]}.{name}";
        if (!type.IsGenericType)
            return name + mark;
        Type[] arguments = type.GetGenericArguments();
        NullabilityInfo[]? inner = nulls?.GenericTypeArguments;
        string[] names =
        [
            .. arguments.Select((each, i) => NameOf(each, inner?.Length == arguments.Length ? inner[i] : null)),
        ];
        return type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
            ? $"({string.Join(", ", names)})"
            : $"{name}<{string.Join(", ", names)}>{mark}";
    }

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || type.IsValueType
            && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static bool IsReadOnly(Type type) =>
        type.CustomAttributes.Any(each => each.AttributeType.Name == "IsReadOnlyAttribute");

    // Without those that another one brings along, and without what every record is.
    private static IEnumerable<Type> Own(Type type)
    {
        Type[] all = [.. type.GetInterfaces().Where(each => each.IsPublic)];
        return all.Where(each =>
            !all.Any(other => other != each && other.GetInterfaces().Contains(each))
            && type.BaseType?.GetInterfaces().Contains(each) != true
            && !(each.Name == "IEquatable`1" && IsRecord(type))
            && !type.IsEnum
        );
    }
}
